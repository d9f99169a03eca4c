// The time steps of recurrent layers in double, written out as Keras documents them.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

#include <cstddef>
#include <vector>

namespace timeloom::importing {

/// One sample's sequence, (steps, features), and which of its steps count.
struct Sequence {
    std::size_t features = 0;
    std::vector<double> values{};
    std::vector<char> counts{};

    std::size_t steps() const { return counts.size(); }
    const double* at(std::size_t step) const { return values.data() + step * features; }
};

/// Outputs of all steps in the order in which they are made, and the states after the last one: h, and c of
/// an LSTM.
struct CellRun {
    Sequence outputs;
    std::vector<std::vector<double>> states;
};

/// Runs the cell from first to last step. `start`: its states before, empty for the cell's own (zeros, or the
/// weights initial_h and initial_c). At steps that do not count states and outputs stay as they were.
CellRun run_cell(const Layer& cell, const Sequence& in, const std::vector<std::vector<double>>& start);

/// The same steps, last one first.
Sequence reversed(const Sequence& in);

} // namespace timeloom::importing
