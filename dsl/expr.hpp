// Symbols and expressions of a cell: handles to nodes of the graph that is being built.
#pragma once

#include "timeloom/dsl/graph.hpp"

#include <concepts>

namespace timeloom::dsl {

/// A value of one time step, `units` wide. A handle: copying it copies no computation. A number becomes an
/// expression where it meets one.
struct expr {
    graph* owner = nullptr;
    int id = -1;
    double number = 0; ///< the value, while `owner` is null

    constexpr expr() = default;
    constexpr expr(graph& g, int node_id) : owner(&g), id(node_id) {}
    template <class Number>
    requires std::floating_point<Number> || std::integral<Number>
    constexpr expr(Number value) : number(static_cast<double>(value)) {}

    /// The node of this expression in `g`.
    constexpr int in(graph& g) const { return owner == nullptr ? g.add_constant(number) : id; }
};

struct assignment {
    expr target;
    expr value;
};

/// The layer's input of one time step. Products read it at any width; used pointwise it must be `units` wide.
struct inputs : expr {
    constexpr explicit inputs(graph& g) : expr(g, g.add_leaf(node_kind::input, 0)) {}
};

/// A state of the cell, as the previous time step left it; `h = value` inside next(…) says what the step
/// makes of it.
template <fixed_string Name>
struct state : expr {
    constexpr explicit state(graph& g) : expr(g, add_to(g)) {}
    constexpr state(const state&) = default;
    constexpr assignment operator=(expr value) const { return {*this, value}; }
    constexpr assignment operator=(const state& value) const { return {*this, value}; }

  private:
    static constexpr int add_to(graph& g) {
        const int id = g.add_leaf(node_kind::state, g.states.size());
        g.states.push_back({.label = Name.view(), .previous = id});
        return id;
    }
};

/// A trained vector with one value for each unit: a peephole, a per-unit recurrent weight. Starts at zero
/// unless said.
template <fixed_string Name, int Initial = 0>
struct weights : expr {
    static_assert(
        Name.view() != "kernel" && Name.view() != "recurrent_kernel" && Name.view() != "bias" &&
            Name.view() != "recurrent_bias",
        "weights: kernel, recurrent_kernel, bias and recurrent_bias are names of matrices and biases");

    constexpr explicit weights(graph& g) : expr(g, add_to(g)) {}

  private:
    static constexpr int add_to(graph& g) {
        const int v = g.vectors.push_back({.gate = Name.view(), .initial = Initial});
        return g.add_leaf(node_kind::vector, v);
    }
};

} // namespace timeloom::dsl
