// Dropout belongs to one of the cells.
// Error: stacked_cells: argument 3: it takes recurrent layers (recurrent, simple_rnn, lstm, gru), and behind
// them go_backwards, return_sequences
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = stacked_cells(lstm<4>(dropout(0.5)), gru<3>());
#else
constexpr auto layer = stacked_cells(lstm<4>(), gru<3>(), dropout(0.5));
#endif
