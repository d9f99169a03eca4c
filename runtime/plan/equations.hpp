// What a cell computes in one time step, as data: for what is made of a model besides its kernels.
#pragma once

#include "timeloom/runtime/plan/layout.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

/// The operations of equations, in the order of the table in dsl/cells/ops.hpp.
enum class Operation : std::uint8_t {
    negate,
    add,
    subtract,
    multiply,
    divide,
    greater, ///< 1 where a > b, else 0
    min,
    max,
    abs,
    exp,
    log,
    sqrt,
    relu,
    sigmoid,
    tanh,
    softplus
};

enum class TermKind : std::uint8_t {
    constant,  ///< `constant`
    input,     ///< the layer's input of this time step
    state,     ///< state `index` as the step before left it
    vector,    ///< vector `index` of the cell
    affine,    ///< affine `index`: a sum of products and biases
    operation, ///< operation `index` of `a`, and `b` where it has two operands
    step_mask  ///< 1 where the step counts, 0 where it is masked
};

/// A value of a time step, `units` wide. It reads only terms before it.
struct Term {
    TermKind kind = TermKind::constant;
    int index = 0;
    int a = -1;
    int b = -1;
    double constant = 0;
    constexpr bool operator==(const Term&) const = default;

    constexpr bool is(Operation operation) const {
        return kind == TermKind::operation && index == static_cast<int>(operation);
    }
};

/// A matrix of a cell and the term that it multiplies.
struct CellMatrix {
    std::string_view gate{};
    int operand = 0;
    PackedMatrix values{};
};

/// A vector of a cell: a bias, a peephole. `values` has one row.
struct CellVector {
    std::string_view gate{};
    PackedMatrix values{};
};

/// Σ operand · matrix + Σ vectors, by their numbers.
struct Affine {
    std::span<const int> matrices{};
    std::span<const int> vectors{};
};

/// The equations of a cell as inference computes them, without dropout. Empty for layers that are no cells.
struct Equations {
    std::span<const Term> terms{};
    std::span<const Affine> affines{};
    std::span<const CellMatrix> matrices{};
    std::span<const CellVector> vectors{};
    std::span<const int> next_states{}; ///< terms: what the step makes of each state
    int output = -1;                    ///< term that the layer hands on
};

} // namespace timeloom::plan
