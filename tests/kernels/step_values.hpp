// Values of a step graph in double for one unit and one feature, where every matrix is a number.
#pragma once

#include "timeloom/dsl/cells/derive.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace timeloom::tests {

/// Everything that a step reads. Entries are in the order of the graph's states, matrices and vectors.
struct step_point {
    double x = 0;
    std::vector<double> states;
    std::vector<double> matrices;
    std::vector<double> vectors;
    double diff_output = 0;
    std::vector<double> diff_next; ///< for each state
};

/// A point off every kink, different for each `seed`.
inline step_point some_point(const declaration::graph& g, int seed) {
    int n = 100 * seed;
    const auto number = [&] { return 1.5 * std::sin(1.0 + 0.7 * ++n); };
    const auto numbers = [&](int count) {
        std::vector<double> result;
        for (int i = 0; i < count; ++i) {
            result.push_back(number());
        }
        return result;
    };
    return {number(), numbers(g.states.size()), numbers(g.matrices.size()), numbers(g.vectors.size()),
            number(), numbers(g.states.size())};
}

/// The value of every node. `cell` says which gate a transposed product reads; forward graphs need none.
inline std::vector<double> step_values(const declaration::graph& g, const step_point& at,
                                       const declaration::differentiated_cell* cell = nullptr) {
    std::vector<double> values;
    const auto value = [&](int id) { return values[static_cast<std::size_t>(id)]; };
    const auto affine = [&](const declaration::affine_sum& sum) {
        double total = 0;
        for (const int m : sum.matrices) {
            total += value(g.matrices[m].operand) * at.matrices[static_cast<std::size_t>(m)];
        }
        for (const int v : sum.biases) {
            total += at.vectors[static_cast<std::size_t>(v)];
        }
        return total;
    };
    const auto transposed = [&](const declaration::transposed_sum& sum) {
        double total = 0;
        for (const int m : sum.matrices) {
            total += value(cell->gates[cell->gate_of_matrix[m]]) * at.matrices[static_cast<std::size_t>(m)];
        }
        return total;
    };
    const auto operation = [&](const declaration::node& n) {
        double result = 0;
        declaration::visit_operation(n.index, [&](auto op) {
            if constexpr (op.arity == 1) {
                result = op.value(value(n.a));
            } else {
                result = op.value(value(n.a), value(n.b));
            }
        });
        return result;
    };
    const auto of = [&](const declaration::node& n) {
        const auto i = static_cast<std::size_t>(n.index);
        switch (n.kind) {
        case declaration::node_kind::constant:
            return n.constant;
        case declaration::node_kind::input:
            return at.x;
        case declaration::node_kind::state:
            return at.states[i];
        case declaration::node_kind::vector:
            return at.vectors[i];
        case declaration::node_kind::affine:
            return affine(g.affines[n.index]);
        case declaration::node_kind::operation:
            return operation(n);
        case declaration::node_kind::diff_output:
            return at.diff_output;
        case declaration::node_kind::diff_state:
            return at.diff_next[i];
        case declaration::node_kind::transposed:
            return transposed(g.transposed[n.index]);
        default: // masks are not the derivation's matter
            break;
        }
        throw std::logic_error("a node of unknown kind");
    };
    for (const declaration::node& n : g.nodes) {
        values.push_back(of(n));
    }
    return values;
}

} // namespace timeloom::tests
