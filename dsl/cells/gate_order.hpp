// Which columns of a cell's matrices are which gate's.
#pragma once

#include "timeloom/dsl/cells/compact.hpp"

#include <array>

namespace timeloom::declaration {

template <fixed_string... Names>
struct gates_t {
    static constexpr std::array<std::string_view, sizeof...(Names)> names{Names.view()...};
};
/// The order of a cell's gates: cell<"lstm">(gates<"i", "f", "c", "o">, [](inputs x, …) { … }).
template <fixed_string... Names>
inline constexpr gates_t<Names...> gates{};

using gate_names = static_vector<name, 32>;

namespace detail {

/// The gates of the products that results need, in the order in which the equations name them.
constexpr gate_names gates_as_read(const graph& g) {
    gate_names found;
    const walk needed = walk_of_results(g);
    for (const int id : needed.order()) {
        if (g.nodes[id].kind == node_kind::affine) {
            for (const int m : g.affine_of(id).matrices) {
                found.find_or_push_back(g.matrices[m].gate);
            }
        }
    }
    return found;
}

/// What is wrong with the gates that a cell declares.
template <fixed_string... Names>
constexpr fault fault_of_gates(const graph& g, gates_t<Names...> declared) {
    gate_names listed;
    const gate_names found = gates_as_read(g);
    for (const std::string_view gate : declared.names) {
        if (found.find(gate) < 0) {
            return say("gates<...> names ", quoted(gate), ", but no product of the equations is called so");
        }
        if (listed.find(gate) >= 0) {
            return say("gates<...> names ", quoted(gate), " twice");
        }
        listed.push_back(gate);
    }
    for (const name& gate : found) {
        if (!listed.empty() && listed.find(gate) < 0) {
            return say("gates<...> leaves out gate ", quoted(gate));
        }
    }
    return {};
}

/// Matrices by gate, each gate's kernel before its recurrent kernels.
constexpr parameter_map matrices_in_order(const graph& g, const gate_names& gates) {
    static_vector<int, 32> as_read;
    const walk needed = walk_of_results(g);
    for (const int id : needed.order()) {
        if (g.nodes[id].kind == node_kind::affine) {
            for (const int m : g.affine_of(id).matrices) {
                as_read.find_or_push_back(m);
            }
        }
    }
    parameter_map order;
    for (const name& gate : gates) {
        for (const bool of_input : {true, false}) {
            for (const int m : as_read) {
                const bool reads_input = g.nodes[g.matrices[m].operand].kind == node_kind::input;
                if (g.matrices[m].gate == gate && reads_input == of_input) {
                    order.push_back(m);
                }
            }
        }
    }
    return order;
}

/// Trained vectors as they are declared, then biases by gate.
constexpr parameter_map vectors_in_order(const graph& g, const gate_names& gates) {
    using role = vector_parameter::role;
    parameter_map order;
    const auto append = [&](role kind, const name* gate) {
        for (int v = 0; v < g.vectors.size(); ++v) {
            if (g.vectors[v].kind == kind && (gate == nullptr || g.vectors[v].gate == *gate)) {
                order.push_back(v);
            }
        }
    };
    append(role::weights, nullptr);
    for (const name& gate : gates) {
        append(role::bias, &gate);
        append(role::recurrent_bias, &gate);
    }
    return order;
}

/// Puts `entries` into the given order, and returns for each old number the new one.
template <class Entries>
constexpr parameter_map reorder(Entries& entries, const parameter_map& order) {
    const Entries before = entries;
    parameter_map number = unmapped<parameter_map>(before.size());
    entries = {};
    for (const int i : order) {
        number[i] = entries.push_back(before[i]);
    }
    return number;
}

/// The graph without what no result needs, its parameters in the declared order of gates, or where none is
/// declared in that of the equations.
template <fixed_string... Names>
constexpr graph with_ordered_gates(graph g, gates_t<Names...> declared) {
    gate_names gates;
    for (const std::string_view gate : declared.names) {
        gates.push_back(gate);
    }
    if (gates.empty()) {
        gates = gates_as_read(g);
    }
    g = compact(g);
    const parameter_map matrices = reorder(g.matrices, matrices_in_order(g, gates));
    const parameter_map vectors = reorder(g.vectors, vectors_in_order(g, gates));
    for (affine_sum& sum : g.affines) {
        for (int& m : sum.matrices) {
            m = matrices[m];
        }
        for (int& v : sum.biases) {
            v = vectors[v];
        }
    }
    for (node& n : g.nodes) {
        if (n.kind == node_kind::vector) {
            n.index = static_cast<std::int16_t>(vectors[n.index]);
        }
    }
    return compact(g);
}

} // namespace detail

} // namespace timeloom::declaration
