// recurrent_constraint is no option of a layer without recurrence.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = dense<4>(tanh, kernel_constraint(max_norm(2)));
#else
constexpr auto layer = dense<4>(tanh, recurrent_constraint(max_norm(2)));
#endif
