// States of a layer that has none.
// Error: layer 2 "y", dense<8>: has no states that an initial_state could start
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model =
    functional(input<10, 3>(), named<"encoder">(lstm<8>()), named<"y">(dense<8>(), reads<"encoder">));
#else
constexpr auto model =
    functional(input<10, 3>(), named<"encoder">(lstm<8>()), named<"y">(dense<8>(), initial_state<"encoder">));
#endif
