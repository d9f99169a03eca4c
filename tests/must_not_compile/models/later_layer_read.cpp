// A layer that reads a later one.
// Error: layer 1 "first", lstm<4>: reads<"second">, but this layer does not stand before it (before it stand
// "x")
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model =
    functional(named<"x">(input<10, 3>()), named<"first">(lstm<4>()), named<"second">(lstm<4>(), reads<"x">));
#else
constexpr auto model = functional(named<"x">(input<10, 3>()), named<"first">(lstm<4>(), reads<"second">),
                                  named<"second">(lstm<4>()));
#endif
