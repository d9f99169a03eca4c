// The stack has two cells, 0 and 1.
// Error: layer 2, return_state: asks cell 2 for state "h", but layer 1 "stack", stacked_cells, has 2 cells,
// numbered from 0
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto handed_on = return_state<"stack", "h", 1>();
#else
constexpr auto handed_on = return_state<"stack", "h", 2>();
#endif

constexpr auto model =
    functional(input<10, 3>(), named<"stack">(stacked_cells(lstm<8>(), gru<4>())), handed_on);
