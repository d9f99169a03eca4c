// The derived backward step evaluated in double precision: derivation on its own, without code generation.
#pragma once

#include "reference_cell.hpp"

#include "timeloom/dsl/cells/derive.hpp"

namespace timeloom::tests {

/// The gradients that `cell` gives after the forward values in `forward`. Of a forward step it reads only
/// what training keeps: states, output and workspace; throws std::logic_error when it needs anything else.
cell_solution solve_derived(const declaration::differentiated_cell& cell, const cell_problem& problem,
                            const cell_solution& forward);

} // namespace timeloom::tests
