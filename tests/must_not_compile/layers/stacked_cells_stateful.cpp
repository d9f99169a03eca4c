// One of the cells would go on from the batch before, the other begin with zeros.
// Error: stacked_cells: all of the layers are stateful, or none is
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = stacked_cells(lstm<4>(stateful), gru<3>(stateful));
#else
constexpr auto layer = stacked_cells(lstm<4>(stateful), gru<3>());
#endif
