// An activation where options stand.
// Error: gru<4>: a function is no option; write activation(f) or recurrent_activation(f)
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = gru<4>(return_sequences, activation(tanh));
#else
constexpr auto layer = gru<4>(return_sequences, tanh);
#endif
