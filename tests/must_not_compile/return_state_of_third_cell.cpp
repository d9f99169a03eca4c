// The stack has two cells, 0 and 1.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto handed_on = return_state<"stack", "h", 1>();
#else
constexpr auto handed_on = return_state<"stack", "h", 2>();
#endif

constexpr auto model =
    functional(input<10, 3>(), named<"stack">(stacked_cells(lstm<8>(), gru<4>())), handed_on);
