// One value that is concatenated.
// Error: layer 2, concatenate: needs two values or more, but layer 1 "a", lstm<4>, hands on one vector of 4
// features, rank 2
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = functional(input<10, 3>(), named<"a">(lstm<4>()), concatenate<"a", "a">());
#else
constexpr auto model = functional(input<10, 3>(), named<"a">(lstm<4>()), concatenate<"a">());
#endif
