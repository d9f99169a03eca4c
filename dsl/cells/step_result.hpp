// next(…) and output(…): what the equations of a cell return.
#pragma once

#include "timeloom/dsl/cells/expr.hpp"

namespace timeloom::declaration {

/// The states after the step, and the output where it is not the first state.
struct step_result {
    static_vector<assignment, 8> states;
    expr output;
    bool is_refused = false; ///< a compile error says already why it cannot be meant
};

namespace detail {

template <class T>
inline constexpr std::string_view state_name = {};
template <fixed_string Name>
inline constexpr std::string_view state_name<state<Name>> = Name.view();

/// What is wrong with arguments of next(…) that are not all assignments.
template <class... Arguments>
struct arguments_of_next {
    static constexpr fault wrong() {
        if (sizeof...(Arguments) == 0) {
            return "next() assigns no state: write next(h = ...), or output(y) for a cell without states";
        }
        fault first;
        int position = 0;
        ((++position, first = first_of(first, of_argument<Arguments>(position))), ...);
        return first;
    }

    template <class Argument>
    static constexpr fault of_argument(int position) {
        if (!state_name<Argument>.empty()) {
            return say("argument ", position, " of next(...) is state ", quoted(state_name<Argument>),
                       " as it was before the step: write next(", state_name<Argument>, " = ...)");
        }
        return std::same_as<Argument, assignment> ? fault{}
                                                  : say("argument ", position,
                                                        " of next(...) is a value of no state: write next(h "
                                                        "= ...) with the name of a state");
    }
};

template <class... Arguments>
concept assignments = sizeof...(Arguments) > 0 && (std::same_as<Arguments, assignment> && ...);

constexpr step_result output_of(const expr& value, step_result result = {}) {
    result.output = value;
    return result;
}

template <class... Arguments>
struct arguments_of_output {
    static constexpr fault wrong() {
        return "output(...) takes a value, and behind it next(...) where the cell has states: output(y, "
               "next(h = ...))";
    }
};

} // namespace detail

/// Names every state's value after this time step; the first one is also the output.
template <class... Assignments>
constexpr auto next(const Assignments&... assignments) {
    step_result result;
    if constexpr (detail::assignments<Assignments...>) {
        (result.states.push_back(assignments), ...);
        result.output = result.states[0].value;
    } else {
        result.is_refused = !refuse<detail::arguments_of_next<Assignments...>::wrong>();
    }
    return result;
}

/// The output of a cell without states, or one that differs from the first state: output(y, next(...)).
template <class... Arguments>
constexpr auto output(const Arguments&... arguments) {
    step_result result;
    if constexpr (requires { detail::output_of(arguments...); }) {
        result = detail::output_of(arguments...);
    } else {
        result.is_refused = !refuse<detail::arguments_of_output<Arguments...>::wrong>();
    }
    return result;
}

namespace detail {

/// Enters what the equations return into their graph.
constexpr void finish(graph& g, const step_result& result) {
    for (state_entry& s : g.states) {
        for (const assignment& a : result.states) {
            if (s.previous != a.target.id) {
                continue;
            }
            if (s.next >= 0) {
                g.refuse(say("next(...) gives state ", quoted(s.label), " two values"));
            }
            s.next = a.value.in(g);
        }
        if (s.next < 0) {
            g.refuse(
                say("next(...) leaves out state ", quoted(s.label), ": it names the value of every state"));
            s.next = s.previous;
        }
    }
    g.output = result.output.in(g);
}

} // namespace detail

} // namespace timeloom::declaration
