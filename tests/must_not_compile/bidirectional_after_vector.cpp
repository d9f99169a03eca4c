// The first layer hands on only the last output of each direction; the second needs a sequence.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto first = bidirectional(gru<8>(return_sequences));
#else
constexpr auto first = bidirectional(gru<8>());
#endif

constexpr auto model = sequential(input<10, 3>(), first, bidirectional(gru<4>(), merge::sum));
