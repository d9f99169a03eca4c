// An initializer that does not say for what.
// Error: lstm<4>: argument 1, an initializer without its parameter, is none of its options, which are
// return_sequences, go_backwards, stateful, dropout(rate), recurrent_dropout(rate), truncate(steps),
// unroll(steps), kernel_initializer
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(kernel_initializer(he_normal));
#else
constexpr auto layer = lstm<4>(he_normal);
#endif
