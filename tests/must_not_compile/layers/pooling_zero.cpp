// Windows of no time step.
// Error: max_pooling1d<0, 1>: the size and strides of its windows must be at least 1
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = max_pooling1d<2, 1>();
#else
constexpr auto layer = max_pooling1d<0, 1>();
#endif
