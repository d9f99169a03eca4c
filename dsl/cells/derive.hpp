// Reverse-mode differentiation of a step graph, at compile time.
#pragma once

#include "timeloom/dsl/cells/ops.hpp"

#include <utility>

namespace timeloom::declaration {

/// Gradient with respect to something that matrices multiply: a pointwise part and products with transposed
/// matrices.
struct operand_gradient {
    int pointwise = -1; ///< node, or -1 where nothing flows back pointwise
    transposed_sum products;
    constexpr bool empty() const { return pointwise < 0 && products.matrices.empty(); }
};

/// Gradient with respect to a vector: Σ gate over batch and time, or Σ gate · factor, where the factor is a
/// state, which is in memory anyway.
struct vector_gradient {
    int node = -1;   ///< gate · factor as a node of the step
    int gate = -1;   ///< number of the gate
    int factor = -1; ///< node, or -1
};

/// A cell with its derived backward step. `step` holds the forward nodes first and the backward nodes after
/// them, in the terms of diff_output, diff_state and the forward values.
struct differentiated_cell {
    graph step;
    int forward_nodes = 0;
    static_vector<int, 32> gates; ///< nodes whose values the parameters' gradients are made of
    static_vector<int, 32>
        gate_of_matrix; ///< matrix → gate: d matrix = Σ operandᵀ · gate over batch and time
    static_vector<vector_gradient, 32> diff_vector; ///< by vector
    static_vector<operand_gradient, 8> diff_state;  ///< with respect to the previous states
    operand_gradient diff_input;
    static_vector<int, 64> saved; ///< forward nodes that training stores for the backward pass: the workspace
};

namespace detail {

/// True if a step computes the node, so that it is in memory only where it is kept.
constexpr bool is_computed(const node& n) {
    return n.kind == node_kind::operation || n.kind == node_kind::affine;
}

/// Accumulates adjoints from the outputs back to the leaves. Nodes are visited in reverse order, so a node's
/// adjoint is complete when it is visited: everything that reads it has a higher number.
class reverse_sweep {
  public:
    constexpr explicit reverse_sweep(const graph& forward) : g_(forward), forward_(forward.nodes.size()) {
        for (int i = 0; i < forward_; ++i) {
            adjoint_.push_back(-1);
            products_.push_back({});
        }
        for (int i = 0; i < g_.matrices.size(); ++i) {
            diff_matrix_.push_back(-1);
        }
        for (int i = 0; i < g_.vectors.size(); ++i) {
            diff_vector_.push_back(-1);
        }
    }

    constexpr differentiated_cell run() {
        accumulate(adjoint_[g_.output], {g_, g_.add_leaf(node_kind::diff_output, 0)});
        for (int s = 0; s < g_.states.size(); ++s) {
            accumulate(adjoint_[g_.states[s].next], {g_, g_.add_leaf(node_kind::diff_state, s)});
        }
        for (int i = forward_ - 1; i >= 0; --i) {
            visit(i);
        }
        return result();
    }

  private:
    constexpr void accumulate(int& slot, expr contribution) {
        if (!is_number(contribution, 0)) {
            slot = (slot < 0 ? contribution : expr{g_, slot} + contribution).in(g_);
        }
    }

    constexpr void visit(int i) {
        const node n = g_.nodes[i];
        if (is_computed(n) && !products_[i].matrices.empty()) {
            accumulate(adjoint_[i],
                       {g_, g_.add_leaf(node_kind::transposed, g_.transposed.push_back(products_[i]))});
        }
        if (adjoint_[i] < 0) {
            return;
        }
        const expr adjoint{g_, adjoint_[i]};
        if (n.kind == node_kind::operation) {
            through_operation(i, n, adjoint);
        } else if (n.kind == node_kind::affine) {
            through_affine(g_.affines[n.index], adjoint);
        } else if (n.kind == node_kind::vector) {
            accumulate(diff_vector_[n.index], adjoint);
        }
    }

    constexpr void through_operation(int i, const node& n, expr adjoint) {
        visit_operation(n.index, [&](auto op) {
            const expr y{g_, i};
            if constexpr (op.arity == 1) {
                accumulate(adjoint_[n.a], adjoint * op.derivative({g_, n.a}, y));
            } else {
                const partials d = op.derivative({g_, n.a}, {g_, n.b}, y);
                accumulate(adjoint_[n.a], adjoint * d.a);
                accumulate(adjoint_[n.b], adjoint * d.b);
            }
        });
    }

    constexpr void through_affine(const affine_sum& sum, expr adjoint) {
        for (const int m : sum.matrices) {
            accumulate(diff_matrix_[m], adjoint);
            products_[g_.matrices[m].operand].matrices.find_or_push_back(m);
        }
        for (const int v : sum.biases) {
            accumulate(diff_vector_[v], adjoint);
        }
    }

    constexpr int gate(differentiated_cell& cell, int node_id) {
        return cell.gates.find_or_push_back(node_id < 0 ? g_.add_constant(0) : node_id);
    }

    constexpr vector_gradient gradient_of_vector(differentiated_cell& cell, int node_id) {
        const node product = node_id < 0 ? node{} : g_.nodes[node_id];
        if (product.kind == node_kind::operation && product.index == row_of<multiply_op>() &&
            cell.gates.find(node_id) < 0) {
            for (const auto& [gate, factor] :
                 {std::pair(product.a, product.b), std::pair(product.b, product.a)}) {
                const bool is_state = g_.nodes[factor].kind == node_kind::state || g_.is_next_state(factor);
                if (is_state && cell.gates.find(gate) >= 0) {
                    return {node_id, cell.gates.find(gate), factor};
                }
            }
        }
        const int own = gate(cell, node_id);
        return {cell.gates[own], own};
    }

    constexpr differentiated_cell result() {
        differentiated_cell cell;
        cell.forward_nodes = forward_;
        for (const int d : diff_matrix_) {
            cell.gate_of_matrix.push_back(gate(cell, d));
        }
        for (const int d : diff_vector_) {
            cell.diff_vector.push_back(gradient_of_vector(cell, d));
        }
        for (const state_entry& s : g_.states) {
            cell.diff_state.push_back({.pointwise = adjoint_[s.previous], .products = products_[s.previous]});
        }
        for (int i = 0; i < forward_; ++i) {
            if (g_.nodes[i].kind == node_kind::input) {
                cell.diff_input = {.pointwise = adjoint_[i], .products = products_[i]};
            }
        }
        cell.step = g_;
        return cell;
    }

    graph g_;
    int forward_;
    static_vector<int, 320> adjoint_;
    static_vector<transposed_sum, 320> products_;
    static_vector<int, 32> diff_matrix_;
    static_vector<int, 32> diff_vector_;
};

/// Marks what the backward step must find stored: forward values that it reads and cannot cheaply compute
/// again.
class workspace_choice {
  public:
    constexpr explicit workspace_choice(differentiated_cell& cell) : cell_(cell) {
        const int size = cell.step.nodes.size();
        for (int i = 0; i < size; ++i) {
            needed_.push_back(false);
        }
        for (const int gate : cell.gates) {
            needed_[gate] = true;
        }
        for (const operand_gradient& d : cell.diff_state) {
            need(d.pointwise);
        }
        need(cell.diff_input.pointwise);
        for (int i = size - 1; i >= 0; --i) {
            if (needed_[i]) {
                visit(i);
            }
        }
    }

  private:
    constexpr void need(int id) {
        if (id >= 0) {
            needed_[id] = true;
        }
    }

    /// States and the output are kept anyway; leaves are there; the rest is stored unless it is cheap to
    /// repeat.
    constexpr void visit(int i) {
        const graph& g = cell_.step;
        const node& n = g.nodes[i];
        if (i < cell_.forward_nodes && is_computed(n)) {
            if (g.is_next_state(i) || i == g.output) {
                return;
            }
            if (!is_cheap(n)) {
                cell_.saved.find_or_push_back(i);
                return;
            }
        }
        if (n.kind == node_kind::operation) {
            g.for_each_operand(i, [&](int operand) { needed_[operand] = true; });
        }
    }

    static constexpr bool is_cheap(const node& n) {
        bool cheap = false;
        if (n.kind == node_kind::operation) {
            visit_operation(n.index, [&](auto op) { cheap = op.cheap; });
        }
        return cheap;
    }

    differentiated_cell& cell_;
    static_vector<bool, 320> needed_;
};

} // namespace detail

/// The backward step of `cell`, by the chain rule over its equations.
constexpr differentiated_cell differentiate(const graph& cell) {
    differentiated_cell result = detail::reverse_sweep(cell).run();
    // An operand that a later stage of the same step multiplies is stored too: its matrix's gradient is made
    // of it.
    for (const matrix& m : cell.matrices) {
        if (detail::is_computed(cell.nodes[m.operand]) && !cell.is_next_state(m.operand) &&
            m.operand != cell.output) {
            result.saved.find_or_push_back(m.operand);
        }
    }
    detail::workspace_choice choose(result);
    return result;
}

} // namespace timeloom::declaration
