// recurrent_constraint is no option of a layer without recurrence.
// Error: dense<4>: argument 1, a constraint, is none of its options, which are use_bias(bool),
// kernel_initializer, kernel_regularizer, kernel_constraint, bias_initializer, bias_regularizer,
// bias_constraint
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = dense<4>(tanh, kernel_constraint(max_norm(2)));
#else
constexpr auto layer = dense<4>(tanh, recurrent_constraint(max_norm(2)));
#endif
