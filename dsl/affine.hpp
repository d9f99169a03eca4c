// Named matrix products: affine<"i">(x, h) = x·kernel_i + h·recurrent_kernel_i + bias_i.
#pragma once

#include "timeloom/dsl/expr.hpp"

#include <stdexcept>

namespace timeloom::dsl {

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
    if (g.nodes[id].kind == node_kind::vector || g.nodes[id].kind == node_kind::constant) {
        throw std::invalid_argument(
            "timeloom: a matrix multiplies the input, a state or a computed value, not "
            "a parameter or a number");
    }
    return g.matrices.find_or_push_back({.gate = gate, .operand = id});
}

constexpr affine_sum products(graph& g, std::string_view gate, std::initializer_list<expr> operands) {
    affine_sum sum;
    for (const expr& operand : operands) {
        sum.matrices.push_back(matrix_for(g, gate, operand));
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
    return g.vectors.find_or_push_back({.gate = gate, .kind = kind, .initial = initial});
}

constexpr expr affine_with_bias(std::string_view gate, std::initializer_list<expr> operands, double initial) {
    graph& g = *operands.begin()->owner;
    affine_sum sum = products(g, gate, operands);
    sum.biases.push_back(bias_for(g, gate, sum, initial));
    return {g, g.add_affine(sum)};
}

} // namespace detail

/// Sum of operand · matrix over the operands, plus one bias. Parameters: a (width of operand, units) matrix
/// for each operand and a (units) bias, all under the name of the gate.
template <fixed_string Gate, std::convertible_to<expr>... Operands>
constexpr expr affine(const expr& first, const Operands&... more) {
    return detail::affine_with_bias(Gate.view(), {first, more...}, 0.0);
}

/// The same with a bias that starts at one where the mark says so: affine<"f">(unit_forget_bias, x, h).
template <fixed_string Gate, std::convertible_to<expr>... Operands>
constexpr expr affine(unit_forget_bias_t one, const expr& first, const Operands&... more) {
    return detail::affine_with_bias(Gate.view(), {first, more...}, one.value ? 1.0 : 0.0);
}

/// Sum of operand · matrix over the operands, with no bias.
template <fixed_string Gate, std::convertible_to<expr>... Operands>
constexpr expr product(const expr& first, const Operands&... more) {
    graph& g = *first.owner;
    return {g, g.add_affine(detail::products(g, Gate.view(), {first, more...}))};
}

/// The first or the last of these: affine<"i">(use_bias(false), x, h).
template <fixed_string Gate, std::convertible_to<expr>... Operands>
constexpr expr affine(use_bias bias, const expr& first, const Operands&... more) {
    return bias.value ? affine<Gate>(first, more...) : product<Gate>(first, more...);
}

} // namespace timeloom::dsl
