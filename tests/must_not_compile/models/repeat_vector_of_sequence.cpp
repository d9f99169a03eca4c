// Only one vector can be repeated: the layer before must hand on its last output alone.
// Error: layer 2, repeat_vector<5>: needs one vector (batch, features), rank 2, but layer 1, lstm<8>, hands
// on a sequence of 10 steps and 8 features, rank 3; leave out return_sequences of layer 1
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto first = lstm<8>();
#else
constexpr auto first = lstm<8>(return_sequences);
#endif

constexpr auto model = sequential(input<10, 3>(), first, repeat_vector<5>(), lstm<4>());
