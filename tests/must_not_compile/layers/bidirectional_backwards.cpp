// The wrapped layer is the forward direction.
// Error: bidirectional(lstm<4>(go_backwards)): the layer inside is the forward one: leave go_backwards out
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = bidirectional(lstm<4>(return_sequences));
#else
constexpr auto layer = bidirectional(lstm<4>(return_sequences, go_backwards));
#endif
