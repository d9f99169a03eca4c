// Only a recurrent layer can read a sequence backwards.
// Error: bidirectional(dense<4>): needs a recurrent layer: recurrent, simple_rnn, lstm or gru
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = bidirectional(lstm<4>());
#else
constexpr auto layer = bidirectional(dense<4>());
#endif
