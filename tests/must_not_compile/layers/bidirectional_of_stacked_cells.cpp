// Both directions of several cells.
// Error: bidirectional(stacked_cells): needs a recurrent layer: recurrent, simple_rnn, lstm or gru
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = bidirectional(lstm<4>());
#else
constexpr auto layer = bidirectional(stacked_cells(lstm<4>(), gru<3>()));
#endif
