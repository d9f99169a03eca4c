// States from a layer that there is not.
// Error: layer 3 "decoder", lstm<8>: initial_state<"encodr">, but no layer is called so (before it stand
// "encoder", "target")
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = functional(input<10, 3>(), named<"encoder">(lstm<8>()), named<"target">(input<5, 2>()),
                                  named<"decoder">(lstm<8>(), initial_state<"encoder">));
#else
constexpr auto model = functional(input<10, 3>(), named<"encoder">(lstm<8>()), named<"target">(input<5, 2>()),
                                  named<"decoder">(lstm<8>(), initial_state<"encodr">));
#endif
