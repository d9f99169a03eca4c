// What looks like an operation of a cell's equations and is none: compile errors that say what to write.
#pragma once

#include "timeloom/dsl/cells/ops.hpp"

namespace timeloom::declaration {

namespace detail {

/// True if one of the operands is a value of the equations.
template <class... Operands>
concept of_equations = (std::derived_from<Operands, expr> || ...);

template <fixed_string Sign, class... Operands>
struct comparison {
    static constexpr fault wrong() {
        return say("a ", Sign.view(),
                   " b compares values that are known at run time alone: write greater(a, b), "
                   "which is 1 where a > b and 0 elsewhere");
    }
};

/// Any value; nothing more is said about equations that compare.
constexpr bool compared(const expr& a, const expr& b) {
    for (const expr& operand : {a, b}) {
        if (operand.owner != nullptr) {
            operand.owner->is_refused = true;
        }
    }
    return false;
}

template <fixed_string Function, class... Operands>
struct no_operation {
    static constexpr fault wrong() {
        return say(Function.view(),
                   "(...) is no operation of the equations: there are + - * /, sigmoid, tanh, "
                   "relu, exp, log, sqrt, softplus, abs, min, max, greater");
    }
};

} // namespace detail

template <class A, class B>
requires detail::of_equations<A, B>
constexpr auto operator>(const A& a, const B& b) {
    refuse<detail::comparison<">", A, B>::wrong>();
    return detail::compared(a, b);
}
template <class A, class B>
requires detail::of_equations<A, B>
constexpr auto operator<(const A& a, const B& b) {
    refuse<detail::comparison<"<", A, B>::wrong>();
    return detail::compared(a, b);
}
template <class A, class B>
requires detail::of_equations<A, B>
constexpr auto operator>=(const A& a, const B& b) {
    refuse<detail::comparison<">=", A, B>::wrong>();
    return detail::compared(a, b);
}
template <class A, class B>
requires detail::of_equations<A, B>
constexpr auto operator<=(const A& a, const B& b) {
    refuse<detail::comparison<"<=", A, B>::wrong>();
    return detail::compared(a, b);
}
template <class A, class B>
requires detail::of_equations<A, B>
constexpr auto operator==(const A& a, const B& b) {
    refuse<detail::comparison<"==", A, B>::wrong>();
    return detail::compared(a, b);
}

template <class A, class B>
requires detail::of_equations<A, B>
constexpr auto pow(const A&, const B&) {
    refuse<detail::no_operation<"pow", A, B>::wrong>();
    return expr::refused();
}
template <class A>
requires detail::of_equations<A>
constexpr auto sin(const A&) {
    refuse<detail::no_operation<"sin", A>::wrong>();
    return expr::refused();
}
template <class A>
requires detail::of_equations<A>
constexpr auto cos(const A&) {
    refuse<detail::no_operation<"cos", A>::wrong>();
    return expr::refused();
}

} // namespace timeloom::declaration
