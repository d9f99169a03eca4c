// A rate without its name.
// Error: lstm<4>: argument 1, a number, is none of its options, which are return_sequences, go_backwards,
// stateful, dropout(rate), recurrent_dropout(rate), truncate(steps), unroll(steps), kernel_initializer
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(dropout(0.5));
#else
constexpr auto layer = lstm<4>(0.5);
#endif
