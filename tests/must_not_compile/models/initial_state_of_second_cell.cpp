// The second cells of the stacks have different widths.
// Error: layer 3 "decoder", stacked_cells: initial_state must give each of its states a start of the same
// width
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int units = 4;
#else
constexpr int units = 5;
#endif

constexpr auto model = functional(
    input<10, 3>(), named<"encoder">(stacked_cells(lstm<8>(), gru<units>())), named<"target">(input<5, 2>()),
    named<"decoder">(stacked_cells(lstm<8>(), gru<4>()), initial_state<"encoder">));
