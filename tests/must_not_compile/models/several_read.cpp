// A layer of one value that reads two.
// Error: layer 3 "y", dense<1>: reads one value, but reads<...> names 2: concatenate, add, multiply or
// average makes one of several
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = functional(named<"x">(input<10, 3>()), named<"a">(lstm<4>()),
                                  named<"b">(lstm<4>(), reads<"x">), concatenate<"a", "b">(), dense<1>());
#else
constexpr auto model = functional(named<"x">(input<10, 3>()), named<"a">(lstm<4>()),
                                  named<"b">(lstm<4>(), reads<"x">), named<"y">(dense<1>(), reads<"a", "b">));
#endif
