// Gradients of the two cells would flow back through windows of different lengths.
// Error: stacked_cells: truncate gives all of the layers one window
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = stacked_cells(lstm<4>(truncate(5)), gru<3>(truncate(5)));
#else
constexpr auto layer = stacked_cells(lstm<4>(truncate(5)), gru<3>(truncate(4)));
#endif
