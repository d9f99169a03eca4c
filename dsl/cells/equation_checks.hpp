// What a cell's equations cannot mean, told by the finished graph.
#pragma once

#include "timeloom/dsl/cells/gate_order.hpp"

namespace timeloom::declaration::detail {

/// An operand as the equations call it.
constexpr fault operand_name(const graph& g, int id) {
    const node& n = g.nodes[id];
    switch (n.kind) {
    case node_kind::input:
        return "the input";
    case node_kind::state:
        return say("state ", quoted(g.states[n.index].label));
    case node_kind::affine:
        return say("product ", quoted(g.matrices[g.affine_of(id).matrices[0]].gate));
    default:
        return "a computed value";
    }
}

/// States and trained vectors are told apart by their names.
constexpr fault fault_of_names(const graph& g) {
    for (int i = 0; i < g.states.size(); ++i) {
        for (int k = 0; k < i; ++k) {
            if (g.states[i].label == g.states[k].label) {
                return say("two states are called ", quoted(g.states[i].label));
            }
        }
    }
    using role = vector_parameter::role;
    for (int i = 0; i < g.vectors.size(); ++i) {
        for (int k = 0; k < i; ++k) {
            if (g.vectors[i].kind == role::weights && g.vectors[k] == g.vectors[i]) {
                return say("two weights<> are called ", quoted(g.vectors[i].gate));
            }
        }
    }
    return {};
}

/// True if what the step computes reads the leaf, or hands it on.
constexpr bool is_read(const graph& g, int leaf) {
    const walk needed = walk_of_results(g);
    return leaf >= 0 && needed.has(leaf);
}

/// What the equations declare and do not read.
constexpr fault fault_of_unread(const graph& g) {
    for (const state_entry& s : g.states) {
        if (!is_read(g, s.previous)) {
            return say("nothing reads state ", quoted(s.label),
                       ": leave it out (an output that is no state is written output(y, next(...)))");
        }
    }
    for (int i = 0; i < g.nodes.size(); ++i) {
        const node& n = g.nodes[i];
        if (n.kind == node_kind::vector && g.vectors[n.index].kind == vector_parameter::role::weights &&
            !is_read(g, i)) {
            return say("nothing reads weights ", quoted(g.vectors[n.index].gate), ": leave them out");
        }
        if (n.kind == node_kind::input && !is_read(g, i)) {
            return "nothing reads the input x: leave it out of the lambda's parameters";
        }
    }
    return {};
}

/// A product of which no result is made.
constexpr fault fault_of_unused_products(const graph& g) {
    const gate_names used = gates_as_read(g);
    for (const matrix& m : g.matrices) {
        if (used.find(m.gate) < 0) {
            return say("nothing reads product ", quoted(m.gate), ": leave it out");
        }
    }
    return {};
}

/// The operands other than the input that the gate's matrices in a sum multiply.
constexpr static_vector<int, 6> recurrent_operands(const graph& g, const affine_sum& sum, const name& gate) {
    static_vector<int, 6> operands;
    for (const int m : sum.matrices) {
        if (g.matrices[m].gate == gate && g.nodes[g.matrices[m].operand].kind != node_kind::input) {
            operands.push_back(g.matrices[m].operand);
        }
    }
    return operands;
}

/// A gate may stand in several sums (a GRU's does, its kernel in one and its recurrent kernel in another),
/// but its recurrent kernels come from one of them.
constexpr fault fault_of_shared_gates(const graph& g) {
    const walk needed = walk_of_results(g);
    for (const name& gate : gates_as_read(g)) {
        static_vector<int, 6> widest;
        for (const int id : needed.order()) {
            if (g.nodes[id].kind != node_kind::affine) {
                continue;
            }
            const static_vector<int, 6> operands = recurrent_operands(g, g.affine_of(id), gate);
            const bool is_wider = operands.size() > widest.size();
            const static_vector<int, 6>& more = is_wider ? operands : widest;
            for (const int operand : is_wider ? widest : operands) {
                if (more.find(operand) < 0) {
                    return say("two products are called ", quoted(gate), ", one of ",
                               operand_name(g, more[0]), " and one of ", operand_name(g, operand),
                               ": give them names of their own");
                }
            }
            widest = more;
        }
    }
    return {};
}

/// The first thing in the equations that cannot be meant.
constexpr fault fault_of_equations(const graph& g) {
    return first_of(g.wrong, fault_of_names(g), fault_of_shared_gates(g), fault_of_unused_products(g),
                    fault_of_unread(g));
}

} // namespace timeloom::declaration::detail
