// The step graph of a cell: what one time step computes, as a flat list of nodes in topological order.
#pragma once

#include "timeloom/dsl/base/compile_error.hpp"
#include "timeloom/dsl/base/static_vector.hpp"

#include <cstdint>

namespace timeloom::declaration {

using name = static_string<name_capacity>;

enum class node_kind : std::uint8_t {
    constant,      ///< `constant`
    input,         ///< the layer's input of this time step
    state,         ///< state `index` as the previous step left it
    vector,        ///< vector parameter `index`
    affine,        ///< affine `index`: a sum of matrix products and biases
    operation,     ///< row `index` of the table of operations, applied to `a` (and `b`)
    diff_output,   ///< gradient of the loss with respect to this step's output
    diff_state,    ///< gradient with respect to state `index` as this step leaves it
    transposed,    ///< transposed product `index`: what flows back through matrix products
    step_mask,     ///< 1 where this time step counts, 0 where it is masked: one value for all units
    recurrent_mask ///< dropout of what matrices multiply: the same values at every time step
};

struct node {
    node_kind kind = node_kind::constant;
    std::int16_t index = 0;
    std::int16_t a = -1;
    std::int16_t b = -1;
    double constant = 0;

    constexpr bool operator==(const node&) const = default;
};

/// One matrix parameter: the columns named `gate` of the kernel that multiplies `operand`.
struct matrix {
    name gate;
    int operand = -1; ///< node that the matrix multiplies
    constexpr bool operator==(const matrix&) const = default;
};

/// One parameter with a value for each unit: a bias, a peephole, a per-unit recurrent weight.
struct vector_parameter {
    name gate;
    enum class role : std::uint8_t { weights, bias, recurrent_bias } kind = role::weights;
    double initial = 0; ///< value before training (1 for a forget gate's bias)
    constexpr bool operator==(const vector_parameter& other) const {
        return gate == other.gate && kind == other.kind;
    }
};

/// Sum of matrix · operand over `matrices`, plus the vectors in `biases`.
struct affine_sum {
    static_vector<int, 6> matrices;
    static_vector<int, 6> biases;
    constexpr bool operator==(const affine_sum&) const = default;
};

/// Sum over `matrices` of (gradient of what the matrix feeds) · matrixᵀ.
struct transposed_sum {
    static_vector<int, 24> matrices;
    constexpr bool operator==(const transposed_sum&) const = default;
};

struct state_entry {
    name label;
    int previous = -1; ///< node: the state before this step
    int next = -1;     ///< node: the state after it
    constexpr bool operator==(const state_entry&) const = default;
};

/// Nodes refer only to nodes before them; equal nodes are one node.
struct graph {
    name label;
    static_vector<node, 320> nodes;
    static_vector<state_entry, 8> states;
    static_vector<matrix, 32> matrices;
    static_vector<vector_parameter, 32> vectors;
    static_vector<affine_sum, 64> affines;
    static_vector<transposed_sum, 16> transposed;
    int output = -1; ///< node: what the layer hands on (the first state unless the cell says otherwise)
    bool is_refused = false; ///< a compile error says already why the equations cannot be meant
    fault wrong;             ///< what cannot be meant in the equations, found while they are read

    constexpr int add(const node& n) { return nodes.find_or_push_back(n); }
    constexpr int add_leaf(node_kind kind, int index) {
        return add({.kind = kind, .index = static_cast<std::int16_t>(index)});
    }
    constexpr int add_constant(double value) { return add({.kind = node_kind::constant, .constant = value}); }
    constexpr int add_affine(const affine_sum& sum) {
        return add_leaf(node_kind::affine, affines.find_or_push_back(sum));
    }

    /// The first thing that is wrong counts.
    constexpr void refuse(const fault& sentence) { wrong = first_of(wrong, sentence); }

    constexpr bool is_constant(int id) const { return nodes[id].kind == node_kind::constant; }
    constexpr bool is_constant(int id, double value) const {
        return is_constant(id) && nodes[id].constant == value;
    }
    constexpr const affine_sum& affine_of(int id) const { return affines[nodes[id].index]; }
    constexpr const transposed_sum& transposed_of(int id) const { return transposed[nodes[id].index]; }
    constexpr bool is_next_state(int id) const {
        for (const state_entry& s : states) {
            if (s.next == id) {
                return true;
            }
        }
        return false;
    }

    /// Calls f(node id) for each node that `id` reads directly within the step.
    template <class F>
    constexpr void for_each_operand(int id, F&& f) const {
        const node& n = nodes[id];
        if (n.kind == node_kind::operation) {
            f(static_cast<int>(n.a));
            if (n.b >= 0) {
                f(static_cast<int>(n.b));
            }
        } else if (n.kind == node_kind::affine) {
            for (const int m : affines[n.index].matrices) {
                f(matrices[m].operand);
            }
        }
    }
};

} // namespace timeloom::declaration
