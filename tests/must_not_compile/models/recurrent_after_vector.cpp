// The first LSTM hands on only its last time step; the second needs them all.
// Error: layer 2, lstm<4>: needs a sequence of vectors (batch, timesteps, features), rank 3, but layer 1,
// lstm<8>, hands on one vector of 8 features, rank 2; give layer 1 return_sequences
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto first = lstm<8>(return_sequences);
#else
constexpr auto first = lstm<8>();
#endif

constexpr auto model = sequential(input<10, 3>(), first, lstm<4>(), dense<1>());
