// A recurrent layer on token ids.
// Error: layer 1, gru<4>: needs a sequence of vectors (batch, timesteps, features), rank 3, but layer 0,
// input<10>, hands on 10 token ids; token ids go through an embedding first
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10>(), embedding<100, 8>(), gru<4>());
#else
constexpr auto model = sequential(input<10>(), gru<4>());
#endif
