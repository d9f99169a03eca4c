// The LSTM hands on its last output only.
// Error: layer 2, global_max_pooling1d: needs a sequence of vectors (batch, timesteps, features), rank 3, but
// layer 1, lstm<4>, hands on one vector of 4 features, rank 2; give layer 1 return_sequences
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto chosen = lstm<4>(return_sequences);
#else
constexpr auto chosen = lstm<4>();
#endif

constexpr auto model = sequential(input<5, 3>(), chosen, global_max_pooling1d());
