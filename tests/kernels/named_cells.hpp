// The six cells of the tests: each as equations of the DSL, and written out by hand as a reference.
#pragma once

#include "reference_cell.hpp"

#include "timeloom/dsl/cells/cells.hpp"

#include <string>
#include <vector>

namespace timeloom::tests {

/// The LSTM of a textbook whose equations are misprinted: no forget gate on c, and the output shows the old
/// c. No library has it, but a DSL must.
constexpr declaration::graph misprinted_lstm_cell() {
    using namespace declaration;
    return cell<"misprinted_lstm">([](inputs x, state<"h"> h, state<"c"> c) {
        const auto i = sigmoid(affine<"i">(x, h));
        const auto g = tanh(affine<"g">(x, h));
        const auto o = sigmoid(affine<"o">(x, h));
        return next(h = o * tanh(c), c = c + i * g);
    });
}

/// Zhou, Wu, Zhang and Zhou 2016: one gate that both forgets and resets.
constexpr declaration::graph minimal_gated_unit_cell() {
    using namespace declaration;
    return cell<"minimal_gated_unit">([](inputs x, state<"h"> h) {
        const auto f = sigmoid(affine<"f">(unit_forget_bias, x, h));
        const auto candidate = tanh(affine<"h">(x, f * h));
        return next(h = (1 - f) * h + f * candidate);
    });
}

struct named_cell {
    std::string name;
    declaration::graph graph;
};

inline std::vector<named_cell> named_cells() {
    return {{"simple_rnn", declaration::simple_rnn_cell()},
            {"lstm", declaration::lstm_cell()},
            {"gru", declaration::gru_cell()},
            {"gru_reset_before", declaration::gru_reset_before_cell()},
            {"misprinted_lstm", misprinted_lstm_cell()},
            {"minimal_gated_unit", minimal_gated_unit_cell()}};
}

/// The reference of a named cell by its hand-written equations, to check the interpretation of its graph.
cell_solution solve_by_hand(const std::string& name, const cell_problem& problem);

} // namespace timeloom::tests
