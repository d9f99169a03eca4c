// Symbols and expressions of a cell: handles to nodes of the graph that is being built.
#pragma once

#include "timeloom/dsl/cells/graph.hpp"

#include <concepts>
#include <type_traits>

namespace timeloom::declaration {

/// A value of one time step, `units` wide. A handle: copying it copies no computation. A number becomes an
/// expression where it meets one.
struct expr {
    graph* owner = nullptr;
    int id = -1;
    double number = 0;       ///< the value, while `owner` is null
    bool is_refused = false; ///< stands for a value of which a compile error says what is wrong

    constexpr expr() = default;
    constexpr expr(graph& g, int node_id) : owner(&g), id(node_id) {}
    template <class Number>
    requires std::floating_point<Number> || std::integral<Number>
    constexpr expr(Number value) : number(static_cast<double>(value)) {}

    static constexpr expr refused() {
        expr value;
        value.is_refused = true;
        return value;
    }

    /// The node of this expression in `g`.
    constexpr int in(graph& g) const {
        g.is_refused = g.is_refused || is_refused;
        return owner == nullptr ? g.add_constant(number) : id;
    }
};

struct assignment {
    expr target;
    expr value;
};

namespace detail {

constexpr bool is_identifier(std::string_view text) {
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(c >= '0' && c <= '9')) {
            return false;
        }
    }
    return !text.empty();
}

/// Names become parts of those of parameters, functions and entries of files.
constexpr fault fault_of_name(std::string_view what, std::string_view text) {
    if (text.size() > name_capacity) {
        return say(what, " ", quoted(text), ": a name has at most ", static_cast<int>(name_capacity),
                   " characters, but this has ", static_cast<int>(text.size()));
    }
    return is_identifier(text) ? fault{}
                               : say(what, " ", quoted(text), ": a name is made of letters, digits and _");
}

/// What stands on the left of = inside next(…) and is no state.
template <fixed_string What, fixed_string Name, class Value>
struct no_state {
    static constexpr fault wrong() {
        return say(What.view(), Name.view().empty() ? fault{} : say(" ", quoted(Name.view())),
                   " is assigned a value: next(...) assigns states alone");
    }
};

} // namespace detail

/// The layer's input of one time step. Products read it at any width; used pointwise it must be `units` wide.
struct inputs : expr {
    constexpr explicit inputs(graph& g) : expr(g, g.add_leaf(node_kind::input, 0)) {}
    constexpr inputs(const inputs&) = default;
    template <class Value>
    constexpr auto operator=(const Value&) const {
        refuse<detail::no_state<"the input", "", Value>::wrong>();
        return assignment{};
    }
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
        g.refuse(detail::fault_of_name("state", Name.view()));
        const int id = g.add_leaf(node_kind::state, g.states.size());
        g.states.push_back({.label = Name.view().substr(0, name_capacity), .previous = id});
        return id;
    }
};

/// A trained vector with one value for each unit: a peephole, a per-unit recurrent weight. Starts at zero
/// unless said.
template <fixed_string Name, int Initial = 0>
struct weights : expr {
    constexpr explicit weights(graph& g) : expr(g, add_to(g)) {}
    constexpr weights(const weights&) = default;
    template <class Value>
    constexpr auto operator=(const Value&) const {
        refuse<detail::no_state<"weights", Name, Value>::wrong>();
        return assignment{};
    }

  private:
    static constexpr int add_to(graph& g) {
        g.refuse(detail::fault_of_name("weights", Name.view()));
        for (const std::string_view taken : {"kernel", "recurrent_kernel", "bias", "recurrent_bias"}) {
            if (Name.view() == taken) {
                g.refuse(say("weights ", quoted(taken), ": this is a name of matrices and biases"));
            }
        }
        const int v = g.vectors.push_back({.gate = Name.view().substr(0, name_capacity), .initial = Initial});
        return g.add_leaf(node_kind::vector, v);
    }
};

} // namespace timeloom::declaration
