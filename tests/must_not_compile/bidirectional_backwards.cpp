// The wrapped layer is the forward direction.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = bidirectional(lstm<4>(return_sequences));
#else
constexpr auto layer = bidirectional(lstm<4>(return_sequences, go_backwards));
#endif
