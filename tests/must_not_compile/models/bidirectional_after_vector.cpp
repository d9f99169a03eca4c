// The first layer hands on only the last output of each direction; the second needs a sequence.
// Error: layer 2, bidirectional(gru<4>): needs a sequence of vectors (batch, timesteps, features), rank 3,
// but layer 1, bidirectional(gru<8>), hands on one vector of 16 features, rank 2; give layer 1
// return_sequences
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto first = bidirectional(gru<8>(return_sequences));
#else
constexpr auto first = bidirectional(gru<8>());
#endif

constexpr auto model = sequential(input<10, 3>(), first, bidirectional(gru<4>(), merge::sum));
