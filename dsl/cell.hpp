// cell<"name">(equations): a recurrent cell is its equations.
#pragma once

#include "timeloom/dsl/affine.hpp"
#include "timeloom/dsl/compact.hpp"
#include "timeloom/dsl/ops.hpp"

#include <tuple>

namespace timeloom::dsl {

/// What the equations return: the states after the step, and the output where it is not the first state.
struct step_result {
    static_vector<assignment, 8> states;
    expr output;
};

/// Names every state's value after this time step; the first one is also the output.
template <std::same_as<assignment>... Assignments>
constexpr step_result next(const Assignments&... assignments) {
    step_result result;
    (result.states.push_back(assignments), ...);
    result.output = result.states[0].value;
    return result;
}

/// The output of a cell without states, or one that differs from the first state: output(y, next(…)).
constexpr step_result output(const expr& value, step_result result = {}) {
    result.output = value;
    return result;
}

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

template <class F>
struct parameters_of;
template <class F, class R, class... Args>
struct parameters_of<R (F::*)(Args...) const> {
    using type = std::tuple<std::remove_cvref_t<Args>...>;
};

constexpr void finish(graph& g, const step_result& result) {
    for (const assignment& a : result.states) {
        for (state_entry& s : g.states) {
            if (s.previous == a.target.id) {
                s.next = a.value.in(g);
            }
        }
    }
    for (const state_entry& s : g.states) {
        if (s.next < 0) {
            throw std::invalid_argument("timeloom: next(…) must assign every state of the cell");
        }
    }
    g.output = result.output.in(g);
}

} // namespace detail

/// A cell from its equations. `equations` is a lambda whose parameters declare what the cell reads: `inputs
/// x`, states `state<"h"> h`, vector parameters `weights<"p"> p`. It returns next(h = …, c = …), or output(y)
/// without states.
template <fixed_string Name, class Equations>
constexpr graph cell(const Equations& equations) {
    static_assert(detail::is_identifier(Name.view()),
                  "cell: the name becomes part of function names: letters, digits and _ only");
    using parameters = typename detail::parameters_of<decltype(&Equations::operator())>::type;
    graph g;
    g.label = Name.view();
    const step_result result = [&]<class... Leaf>(std::type_identity<std::tuple<Leaf...>>) {
        std::tuple<Leaf...> leaves{
            Leaf(g)...}; // braces: the leaves are declared in the order they are written
        return std::apply(equations, leaves);
    }(std::type_identity<parameters>{});
    detail::finish(g, result);
    return compact(g);
}

} // namespace timeloom::dsl
