// The sequence is read once, not backwards by each cell.
// Error: stacked_cells: argument 1, lstm<4>(go_backwards): go_backwards stands behind all of the layers,
// which read the sequence once, together
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = stacked_cells(lstm<4>(), gru<3>(), go_backwards);
#else
constexpr auto layer = stacked_cells(lstm<4>(go_backwards), gru<3>(go_backwards));
#endif
