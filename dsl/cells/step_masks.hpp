// What Keras's masks and recurrent_dropout make of a cell's equations.
#pragma once

#include "timeloom/dsl/cells/compact.hpp"
#include "timeloom/dsl/cells/ops.hpp"

namespace timeloom::declaration {

/// The cell over steps of which some are masked (m = 0): there every state stays as it was, and the output
/// is that of the last step that counted. An output that is no state becomes one, called "output".
constexpr graph with_step_mask(const graph& cell) {
    graph g = cell;
    const expr m{g, g.add_leaf(node_kind::step_mask, 0)};
    const auto masked = [&](int value, int previous) {
        return (m * expr{g, value} + (1 - m) * expr{g, previous}).in(g);
    };
    const int output = g.output;
    bool output_is_state = false;
    for (state_entry& s : g.states) {
        const int next = s.next;
        s.next = next == s.previous ? next : masked(next, s.previous);
        if (next == output && !output_is_state) {
            g.output = s.next;
            output_is_state = true;
        }
    }
    if (!output_is_state) {
        const int previous = g.add_leaf(node_kind::state, g.states.size());
        g.output = masked(output, previous);
        g.states.push_back({.label = "output", .previous = previous, .next = g.output});
    }
    return compact(g);
}

/// The cell whose matrices multiply states and computed values of which some are dropped, the same ones at
/// every step (Gal & Ghahramani 2016). Inference keeps all.
constexpr graph with_recurrent_dropout(const graph& cell) {
    graph g = cell;
    g.nodes = {};
    g.affines = {};
    static_vector<int, 320> number;
    for (int i = 0; i < cell.nodes.size(); ++i) {
        node n = cell.nodes[i];
        if (n.kind == node_kind::affine) {
            for (const int m : cell.affine_of(i).matrices) {
                const int operand = number[cell.matrices[m].operand];
                const bool is_input = g.nodes[operand].kind == node_kind::input;
                const expr kept{g, is_input ? operand : g.add_leaf(node_kind::recurrent_mask, 0)};
                g.matrices[m].operand = is_input ? operand : (expr{g, operand} * kept).in(g);
            }
            number.push_back(g.add_affine(cell.affine_of(i)));
            continue;
        }
        if (n.kind == node_kind::operation) {
            n.a = static_cast<std::int16_t>(number[n.a]);
            n.b = static_cast<std::int16_t>(n.b >= 0 ? number[n.b] : -1);
        }
        number.push_back(g.add(n));
    }
    for (state_entry& s : g.states) {
        s.previous = number[s.previous];
        s.next = number[s.next];
    }
    g.output = number[cell.output];
    return g;
}

/// True if a value of this kind stands in the equations.
constexpr bool reads_any(const graph& g, node_kind kind) {
    for (const node& n : g.nodes) {
        if (n.kind == kind) {
            return true;
        }
    }
    return false;
}

} // namespace timeloom::declaration
