// Drops what no result of a graph needs, and numbers the rest anew: nodes in the same order, parameters by
// gate.
#pragma once

#include "timeloom/dsl/graph.hpp"

namespace timeloom::dsl {

namespace detail {

using node_map = static_vector<int, 320>; ///< for each old number the new one, or -1
using parameter_map = static_vector<int, 32>;

template <class Map>
constexpr Map unmapped(int size) {
    Map map;
    for (int i = 0; i < size; ++i) {
        map.push_back(-1);
    }
    return map;
}

/// 1 for every node that the output or a state's next value depends on, -1 for the others.
constexpr node_map needed_nodes(const graph& g) {
    node_map needed = unmapped<node_map>(g.nodes.size());
    needed[g.output] = 1;
    for (const state_entry& s : g.states) {
        needed[s.previous] = 1;
        needed[s.next] = 1;
    }
    for (int i = g.nodes.size() - 1; i >= 0; --i) {
        if (needed[i] > 0) {
            g.for_each_operand(i, [&](int operand) { needed[operand] = 1; });
        }
    }
    return needed;
}

/// The numbers of `parameters`, with all of a gate together where its first one stood, ordered by `rank`
/// within the gate: a sum may create its operands in either order, which must not show.
template <class Parameters, class Rank>
constexpr parameter_map by_gate(const Parameters& parameters, const Rank& rank) {
    parameter_map order;
    for (int first = 0; first < parameters.size(); ++first) {
        if (order.find(first) >= 0) {
            continue;
        }
        for (int r = 0; r < 3; ++r) {
            for (int i = first; i < parameters.size(); ++i) {
                if (parameters[i].gate == parameters[first].gate && rank(parameters[i]) == r) {
                    order.push_back(i);
                }
            }
        }
    }
    return order;
}

/// Copies the entries of `from` that have a mark, in the given order, and turns each mark into the new
/// number.
template <class Entries>
constexpr void keep_marked(const Entries& from, const parameter_map& order, Entries& to,
                           parameter_map& marks) {
    for (const int i : order) {
        marks[i] = marks[i] > 0 ? to.push_back(from[i]) : -1;
    }
}

} // namespace detail

constexpr graph compact(const graph& from) {
    using namespace detail;
    const node_map needed = needed_nodes(from);
    parameter_map matrix_number = unmapped<parameter_map>(from.matrices.size());
    parameter_map vector_number = unmapped<parameter_map>(from.vectors.size());
    for (int i = 0; i < from.nodes.size(); ++i) {
        if (needed[i] > 0 && from.nodes[i].kind == node_kind::vector) {
            vector_number[from.nodes[i].index] = 1;
        } else if (needed[i] > 0 && from.nodes[i].kind == node_kind::affine) {
            for (const int m : from.affine_of(i).matrices) {
                matrix_number[m] = 1;
            }
            for (const int v : from.affine_of(i).biases) {
                vector_number[v] = 1;
            }
        }
    }

    graph to;
    to.label = from.label;
    const auto recurrent = [&](const matrix& m) {
        return from.nodes[m.operand].kind == node_kind::input ? 0 : 1;
    };
    const auto role = [](const vector_parameter& v) { return static_cast<int>(v.kind); };
    keep_marked(from.matrices, by_gate(from.matrices, recurrent), to.matrices, matrix_number);
    keep_marked(from.vectors, by_gate(from.vectors, role), to.vectors, vector_number);

    node_map number = unmapped<node_map>(from.nodes.size());
    for (int i = 0; i < from.nodes.size(); ++i) {
        if (needed[i] < 0) {
            continue;
        }
        node n = from.nodes[i];
        if (n.kind == node_kind::operation) {
            n.a = static_cast<std::int16_t>(number[n.a]);
            n.b = static_cast<std::int16_t>(n.b >= 0 ? number[n.b] : -1);
        } else if (n.kind == node_kind::vector) {
            n.index = static_cast<std::int16_t>(vector_number[n.index]);
        } else if (n.kind == node_kind::affine) {
            affine_sum sum;
            for (const int m : from.affine_of(i).matrices) {
                sum.matrices.push_back(matrix_number[m]);
            }
            for (const int v : from.affine_of(i).biases) {
                sum.biases.push_back(vector_number[v]);
            }
            n.index = static_cast<std::int16_t>(to.affines.find_or_push_back(sum));
        }
        number[i] = to.nodes.push_back(n);
    }
    for (matrix& m : to.matrices) {
        m.operand = number[m.operand];
    }
    for (const state_entry& s : from.states) {
        to.states.push_back({.label = s.label, .previous = number[s.previous], .next = number[s.next]});
    }
    to.output = number[from.output];
    return to;
}

} // namespace timeloom::dsl
