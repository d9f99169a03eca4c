// Dropout belongs to one of the cells.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = stacked_cells(lstm<4>(dropout(0.5)), gru<3>());
#else
constexpr auto layer = stacked_cells(lstm<4>(), gru<3>(), dropout(0.5));
#endif
