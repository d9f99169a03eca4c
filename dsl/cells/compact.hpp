// Drops what no result of a graph needs, and numbers the rest anew, by the equations alone: the order in
// which a compiler happened to evaluate operands does not show.
#pragma once

#include "timeloom/dsl/cells/ops.hpp"

namespace timeloom::declaration {

namespace detail {

using node_list = static_vector<int, 320>;
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

/// Lists nodes so that each stands behind its operands, and these from left to right.
class walk {
  public:
    constexpr explicit walk(const graph& g) : g_(g), place_(unmapped<node_map>(g.nodes.size())) {}

    constexpr void visit(int id) {
        if (id < 0 || place_[id] >= 0) {
            return;
        }
        g_.for_each_operand(id, [&](int operand) { visit(operand); });
        if (place_[id] < 0) {
            place_[id] = order_.push_back(id);
        }
    }

    /// The output, and what becomes of each state.
    constexpr void visit_results() {
        visit(g_.output);
        for (const state_entry& s : g_.states) {
            visit(s.next);
        }
    }

    constexpr bool has(int id) const { return place_[id] >= 0; }
    constexpr int place(int id) const { return place_[id]; }
    constexpr const node_list& order() const { return order_; }

  private:
    const graph& g_;
    node_map place_;
    node_list order_;
};

/// The nodes that results need, as the equations name them.
constexpr walk walk_of_results(const graph& g) {
    walk result(g);
    result.visit_results();
    return result;
}

constexpr bool is_leaf(const node& n) {
    return n.kind != node_kind::constant && n.kind != node_kind::operation && n.kind != node_kind::affine;
}

/// The nodes of `order` that are products, and what is computed of some.
constexpr node_map made_of_products(const graph& g, const node_list& order) {
    node_map made = unmapped<node_map>(g.nodes.size());
    for (const int id : order) {
        made[id] = g.nodes[id].kind == node_kind::affine ? 1 : -1;
        g.for_each_operand(id, [&](int operand) { made[id] = made[operand] > 0 ? 1 : made[id]; });
    }
    return made;
}

/// A gate's products, each with what is added to it, and the functions of that: activations.
class activations {
  public:
    constexpr activations(const graph& g, const node_list& order)
        : g_(g), of_products_(made_of_products(g, order)) {}

    /// True if the value of node `id` belongs to the gate; the nodes that it reads come first.
    constexpr bool take(int id, int matrix) {
        const node& n = g_.nodes[id];
        const bool is_product = n.kind == node_kind::affine && g_.affine_of(id).matrices.find(matrix) >= 0;
        if (is_product || is_sum(n)) {
            sums_.push_back(id);
            return true;
        }
        const bool is_function =
            n.kind == node_kind::operation && n.b < 0 && (sums_.find(n.a) >= 0 || functions_.find(n.a) >= 0);
        if (is_function) {
            functions_.push_back(id);
        }
        return is_function;
    }

  private:
    /// True if the node adds something that is made of no product to a product of the gate.
    constexpr bool is_sum(const node& n) const {
        return n.kind == node_kind::operation &&
               (n.index == row_of<add_op>() || n.index == row_of<subtract_op>()) &&
               ((sums_.find(n.a) >= 0 && of_products_[n.b] < 0) ||
                (sums_.find(n.b) >= 0 && of_products_[n.a] < 0));
    }

    const graph& g_;
    node_map of_products_;
    node_list sums_;
    node_list functions_;
};

/// All nodes that results need: first the states and what else the step is given, then the products, gate by
/// gate, each with its activation, then the rest.
constexpr node_list canonical_nodes(const graph& g) {
    const walk needed = walk_of_results(g);
    walk order(g);
    for (int i = 0; i < g.nodes.size(); ++i) {
        if (is_leaf(g.nodes[i]) && (needed.has(i) || g.nodes[i].kind == node_kind::state)) {
            order.visit(i);
        }
    }
    for (int m = 0; m < g.matrices.size(); ++m) {
        activations of_gate(g, needed.order());
        for (const int id : needed.order()) {
            if (of_gate.take(id, m)) {
                order.visit(id);
            }
        }
    }
    order.visit_results();
    return order.order();
}

/// Copies the entries of `from` that have a mark, and turns each mark into the new number.
template <class Entries>
constexpr void keep_marked(const Entries& from, Entries& to, parameter_map& marks) {
    for (int i = 0; i < from.size(); ++i) {
        marks[i] = marks[i] > 0 ? to.push_back(from[i]) : -1;
    }
}

} // namespace detail

/// Parameters keep their order.
constexpr graph compact(const graph& from) {
    using namespace detail;
    const node_list order = canonical_nodes(from);
    parameter_map matrix_number = unmapped<parameter_map>(from.matrices.size());
    parameter_map vector_number = unmapped<parameter_map>(from.vectors.size());
    for (const int i : order) {
        if (from.nodes[i].kind == node_kind::vector) {
            vector_number[from.nodes[i].index] = 1;
        } else if (from.nodes[i].kind == node_kind::affine) {
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
    to.wrong = from.wrong;
    keep_marked(from.matrices, to.matrices, matrix_number);
    keep_marked(from.vectors, to.vectors, vector_number);

    node_map number = unmapped<node_map>(from.nodes.size());
    for (const int i : order) {
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

} // namespace timeloom::declaration
