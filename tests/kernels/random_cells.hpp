// Cells that nobody thought of, put together from the DSL's operations by a list of numbers.
#pragma once

#include "timeloom/dsl/cells/graph.hpp"

#include <vector>

namespace timeloom::tests {

/// The cell that `choices` spell out: one to three states, up to three stages of matrix products, random
/// expressions in ranges where every operation is defined. Smaller numbers make simpler cells; where the list
/// ends, zeros follow. With `pointwise_input` the equations may use x outside of products, too.
declaration::graph random_cell(const std::vector<int>& choices, bool pointwise_input);

} // namespace timeloom::tests
