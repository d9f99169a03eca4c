// cell<"name">(equations): a recurrent cell is its equations.
#pragma once

#include "timeloom/dsl/cells/affine.hpp"
#include "timeloom/dsl/cells/equation_checks.hpp"
#include "timeloom/dsl/cells/gate_order.hpp"
#include "timeloom/dsl/cells/no_operations.hpp"
#include "timeloom/dsl/cells/ops.hpp"
#include "timeloom/dsl/cells/step_result.hpp"

#include <tuple>

namespace timeloom::declaration {

namespace detail {

/// What a lambda takes and returns.
template <class F>
struct call_of;
template <class F, class R, class... Args>
struct call_of<R (F::*)(Args...) const> {
    using parameters = std::tuple<std::remove_cvref_t<Args>...>;
    using result = R;
};

template <class T>
inline constexpr bool is_leaf_type = std::same_as<T, inputs> || !state_name<T>.empty();
template <fixed_string Name, int Initial>
inline constexpr bool is_leaf_type<weights<Name, Initial>> = true;

/// What is wrong with the equations' lambda before anything is read of it.
template <class Equations>
struct signature {
    static constexpr fault wrong() {
        if constexpr (!requires { typename call_of<decltype(&Equations::operator())>::result; }) {
            return "the equations are a lambda whose parameters have types: [](inputs x, state<\"h\"> h) { "
                   "... "
                   "}";
        } else {
            using call = call_of<decltype(&Equations::operator())>;
            return first_of(of_parameters(static_cast<typename call::parameters*>(nullptr)),
                            of_result<typename call::result>());
        }
    }

  private:
    template <class... Parameters>
    static constexpr fault of_parameters(std::tuple<Parameters...>*) {
        fault first;
        int position = 0;
        ((++position, first = first_of(first, is_leaf_type<Parameters> ? fault{} : of_type(position))), ...);
        constexpr int inputs_read = (0 + ... + (std::same_as<Parameters, inputs> ? 1 : 0));
        constexpr int states = (0 + ... + (state_name<Parameters>.empty() ? 0 : 1));
        return first_of(first,
                        inputs_read > 1 ? say("has ", inputs_read, " inputs, but a layer hands a cell one")
                                        : fault{},
                        states > 8 ? say("has ", states, " states, but a cell may have 8") : fault{});
    }

    static constexpr fault of_type(int position) {
        return say("parameter ", position,
                   " of the equations is none of inputs x, state<\"h\"> h, weights<\"p\"> p");
    }

    template <class Result>
    static constexpr fault of_result() {
        return std::same_as<Result, step_result>
                   ? fault{}
                   : fault("the equations return next(h = ...), which names the value of every state, or "
                           "output(y) where there are none");
    }
};

/// Returned where a compile error says already what is wrong: a cell that hands on zeros.
constexpr graph placeholder() {
    graph g;
    g.output = g.add_constant(0);
    return g;
}

/// The cell that the equations describe; with a fault where they cannot be meant.
template <class Equations, fixed_string... Gates>
constexpr graph read_equations(std::string_view name, const Equations& equations, gates_t<Gates...> gates) {
    using parameters = typename call_of<decltype(&Equations::operator())>::parameters;
    graph g;
    g.label = name;
    const step_result result = [&]<class... Leaf>(std::tuple<Leaf...>*) {
        std::tuple<Leaf...> leaves{
            Leaf(g)...}; // braces: the leaves are declared in the order they are written
        return std::apply(equations, leaves);
    }(static_cast<parameters*>(nullptr));
    finish(g, result);
    if (result.is_refused || g.is_refused) {
        return placeholder();
    }
    g.wrong = first_of(fault_of_equations(g), fault_of_gates(g, gates));
    return g.wrong.empty() ? with_ordered_gates(g, gates) : g;
}

/// A lambda without captures can be read while the program compiles, wherever it stands.
template <class Equations, class Gates>
concept is_read_early = std::is_default_constructible_v<Equations> && requires {
    typename std::integral_constant<int, read_equations("", Equations{}, Gates{}).output>;
};
template <fixed_string Name, class Equations, class Gates>
inline constexpr graph read_early = read_equations(Name.view(), Equations{}, Gates{});

template <fixed_string Name, class Equations, class Gates>
struct declared_cell {
    static constexpr fault wrong() {
        constexpr fault before =
            first_of(fault_of_name("cell", Name.view()), in_cell(signature<Equations>::wrong()));
        if constexpr (!before.empty()) {
            return before;
        } else if constexpr (is_read_early<Equations, Gates>) {
            return in_cell(read_early<Name, Equations, Gates>.wrong);
        } else {
            return {};
        }
    }

    static constexpr graph value(const Equations& equations) {
        if constexpr (!wrong().empty()) {
            return placeholder();
        } else if constexpr (is_read_early<Equations, Gates>) {
            return read_early<Name, Equations, Gates>;
        } else {
            const graph g = read_equations(Name.view(), equations, Gates{});
            if (!g.wrong.empty()) {
                throw_fault(in_cell(g.wrong).view());
            }
            return g;
        }
    }

  private:
    static constexpr fault in_cell(const fault& wrong) {
        return wrong.empty() ? wrong : say("cell ", quoted(Name.view()), ": ", wrong);
    }
};

} // namespace detail

/// A cell from its equations. `equations` is a lambda whose parameters declare what the cell reads: `inputs
/// x`, states `state<"h"> h`, vector parameters `weights<"p"> p`. It returns next(h = …, c = …), or output(y)
/// without states. Gates stand side by side in matrices in the order `gates`; where none is given, in that in
/// which one meets them who reads the output's equation, then those of the states, from left to right with
/// all named values written out, the operands of a product before the product.
template <fixed_string Name, class Equations, fixed_string... Gates>
constexpr graph cell(gates_t<Gates...>, const Equations& equations) {
    using declared = detail::declared_cell<Name, Equations, gates_t<Gates...>>;
    return refuse<declared::wrong>() ? declared::value(equations) : detail::placeholder();
}
template <fixed_string Name, class Equations>
constexpr graph cell(const Equations& equations) {
    using declared = detail::declared_cell<Name, Equations, gates_t<>>;
    return refuse<declared::wrong>() ? declared::value(equations) : detail::placeholder();
}

} // namespace timeloom::declaration
