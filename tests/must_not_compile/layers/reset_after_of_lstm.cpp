// An option of a GRU.
// Error: lstm<4>: argument 1, reset_after(bool), is none of its options, which are return_sequences,
// go_backwards, stateful, dropout(rate), recurrent_dropout(rate), truncate(steps), unroll(steps),
// kernel_initializer
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = gru<4>(reset_after(false));
#else
constexpr auto layer = lstm<4>(reset_after(false));
#endif
