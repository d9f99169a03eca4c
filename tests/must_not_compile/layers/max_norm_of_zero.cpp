// A largest norm of zero would leave nothing.
// Error: max_norm: the largest norm must be above 0
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(kernel_constraint(max_norm(1)));
#else
constexpr auto layer = lstm<4>(kernel_constraint(max_norm(0)));
#endif
