// A vector that is repeated nought times.
// Error: repeat_vector<0>: time steps must be at least 1, but are 0
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = repeat_vector<1>();
#else
constexpr auto layer = repeat_vector<0>();
#endif
