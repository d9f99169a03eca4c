// Named matrix products: affine<"i">(x, h) = x·kernel_i + h·recurrent_kernel_i + bias_i.
#pragma once

#include "timeloom/dsl/cells/expr.hpp"

#include <initializer_list>

namespace timeloom::declaration {

/// Marks a forget gate: its bias starts at one, as Keras's `unit_forget_bias` does.
struct unit_forget_bias_t {
    bool value = true;
    /// unit_forget_bias(false): an option of lstm.
    constexpr unit_forget_bias_t operator()(bool starts_at_one) const { return {starts_at_one}; }
};
inline constexpr unit_forget_bias_t unit_forget_bias{};

/// Whether the gates of a layer have biases.
struct use_bias {
    bool value;
    constexpr explicit use_bias(bool biased) : value(biased) {}
};

namespace detail {

constexpr int matrix_for(graph& g, std::string_view gate, expr operand) {
    const int id = operand.in(g);
    if (g.nodes[id].kind == node_kind::vector) {
        g.refuse(say("product ", quoted(gate), " multiplies the trained weights ",
                     quoted(g.vectors[g.nodes[id].index].gate),
                     ": a matrix multiplies the input, a state or a computed value"));
    } else if (g.nodes[id].kind == node_kind::constant) {
        g.refuse(say("product ", quoted(gate),
                     " multiplies a number: a matrix multiplies the input, a state or a computed value"));
    }
    return g.matrices.find_or_push_back({.gate = gate, .operand = id});
}

constexpr affine_sum products(graph& g, std::string_view gate, std::initializer_list<expr> operands) {
    affine_sum sum;
    for (const expr& operand : operands) {
        const int m = matrix_for(g, gate, operand);
        if (sum.matrices.find(m) >= 0) {
            g.refuse(say("product ", quoted(gate), " multiplies the same operand twice"));
        }
        sum.matrices.push_back(m);
    }
    return sum;
}

constexpr int bias_for(graph& g, std::string_view gate, const affine_sum& sum, double initial) {
    using role = vector_parameter::role;
    role kind = role::recurrent_bias;
    for (const int m : sum.matrices) {
        if (g.nodes[g.matrices[m].operand].kind == node_kind::input) {
            kind = role::bias;
        }
    }
    const int bias = g.vectors.find_or_push_back({.gate = gate, .kind = kind, .initial = initial});
    if (g.vectors[bias].initial != initial) {
        g.refuse(say("the bias of ", quoted(gate),
                     " starts at 0 in one product and at 1, as unit_forget_bias says, in another"));
    }
    return bias;
}

constexpr graph& graph_of_operands(std::initializer_list<expr> operands) {
    for (const expr& operand : operands) {
        if (operand.owner != nullptr) {
            return *operand.owner;
        }
    }
    detail::throw_fault("a product of nothing but numbers: a matrix multiplies the input, a state or a "
                        "computed value");
}

constexpr expr product_of(std::string_view gate, std::initializer_list<expr> operands) {
    graph& g = graph_of_operands(operands);
    return {g, g.add_affine(products(g, gate, operands))};
}

constexpr expr affine_with_bias(std::string_view gate, std::initializer_list<expr> operands, double initial) {
    graph& g = graph_of_operands(operands);
    affine_sum sum = products(g, gate, operands);
    sum.biases.push_back(bias_for(g, gate, sum, initial));
    return {g, g.add_affine(sum)};
}

template <class T>
inline constexpr bool is_mark = std::same_as<T, unit_forget_bias_t> || std::same_as<T, use_bias>;

/// What is wrong with the arguments of affine<Gate>(…) or product<Gate>(…).
template <fixed_string Function, fixed_string Gate, class... Operands>
struct operands_of {
    static constexpr fault call() { return say(Function.view(), "<", quoted(Gate.view()), ">"); }

    static constexpr fault wrong() {
        if (sizeof...(Operands) == 0) {
            return say(call(), " multiplies nothing: name its operands, such as ", call(), "(x, h)");
        }
        if (sizeof...(Operands) > 6) {
            return say(call(), " has ", static_cast<int>(sizeof...(Operands)),
                       " operands, but a sum of products has at most 6");
        }
        fault first = fault_of_name("gate", Gate.view());
        int position = 0;
        ((++position, first = first_of(first, of_operand<Operands>(position))), ...);
        return first;
    }

    template <class Operand>
    static constexpr fault of_operand(int position) {
        if (std::is_arithmetic_v<Operand>) {
            return say("operand ", position, " of ", call(),
                       " is a number: a matrix multiplies the input, a state or a computed value");
        }
        if (is_mark<Operand>) {
            return say("operand ", position, " of ", call(), " is an option: ",
                       "unit_forget_bias and use_bias(bool) stand before the operands of affine");
        }
        return std::convertible_to<Operand, expr>
                   ? fault{}
                   : say("operand ", position, " of ", call(),
                         " is no value of the equations: it multiplies inputs, states and computed values");
    }
};

} // namespace detail

/// Sum of operand · matrix over the operands, plus one bias. Parameters: a (width of operand, units) matrix
/// for each operand and a (units) bias, all under the name of the gate.
template <fixed_string Gate, class... Operands>
constexpr auto affine(const Operands&... operands) {
    if constexpr (refuse<detail::operands_of<"affine", Gate, Operands...>::wrong>()) {
        return detail::affine_with_bias(Gate.view(), {operands...}, 0.0);
    } else {
        return expr::refused();
    }
}

/// The same with a bias that starts at one where the mark says so: affine<"f">(unit_forget_bias, x, h).
template <fixed_string Gate, class... Operands>
constexpr auto affine(unit_forget_bias_t one, const Operands&... operands) {
    if constexpr (refuse<detail::operands_of<"affine", Gate, Operands...>::wrong>()) {
        return detail::affine_with_bias(Gate.view(), {operands...}, one.value ? 1.0 : 0.0);
    } else {
        return expr::refused();
    }
}

/// Sum of operand · matrix over the operands, with no bias.
template <fixed_string Gate, class... Operands>
constexpr auto product(const Operands&... operands) {
    if constexpr (refuse<detail::operands_of<"product", Gate, Operands...>::wrong>()) {
        return detail::product_of(Gate.view(), {operands...});
    } else {
        return expr::refused();
    }
}

/// The first or the last of these: affine<"i">(use_bias(false), x, h).
template <fixed_string Gate, class... Operands>
constexpr auto affine(use_bias bias, const Operands&... operands) {
    return bias.value ? affine<Gate>(operands...) : product<Gate>(operands...);
}

} // namespace timeloom::declaration
