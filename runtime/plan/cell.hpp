// A cell as its kernels know it: what they read and write, and what its gradients are made of.
#pragma once

#include "timeloom/runtime/plan/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

enum class OperandKind : std::uint8_t { input, previous_state, next_state, output, saved };

/// Values of a time step that matrices or vectors multiply; `index` is the state's number, or that of a saved
/// value.
struct Operand {
    OperandKind kind = OperandKind::input;
    int index = 0;
    constexpr bool operator==(const Operand&) const = default;
};

struct State {
    std::string_view name{};
    bool flows_back_pointwise =
        false; ///< its gradient flows back through operations, not through matrices alone
};

/// The matrices that multiply one operand, packed [block][k][gate][lane].
struct Product {
    Operand operand{};
    int gates = 0;          ///< matrices
    std::size_t offset = 0; ///< in the model's buffer

    constexpr bool reads_input() const { return operand.kind == OperandKind::input; }
};

/// Gates next to each other in a product whose gradients lie next to each other, too: the gradients of their
/// matrices are one kernel's work.
struct GradientRun {
    int product = 0;
    int first = 0; ///< gate of the product
    int gate = 0;  ///< number of the gate gradient
    int count = 0;
};

/// Matrices transposed for the backward pass, packed [block of rows][unit][matrix][lane].
struct TransposedMatrices {
    std::span<const PackedMatrix> matrices{}; ///< what they are transposed from
    std::size_t offset = 0;                   ///< in the buffer of transposed matrices
};

struct Cell {
    std::span<const State> states{};
    int output_state = -1;          ///< state that is the output; -1: the output is no state
    bool has_step_mask = false;     ///< masked steps leave states as they were
    bool may_look_up_input = false; ///< it reads an embedding's rows, and only multiplies them
    int saved = 0;                  ///< values of a step that training stores for the backward pass
    int gates = 0;                  ///< gate gradients
    int vectors = 0;                ///< biases and other vectors, one after the other
    int input_affines = 0;          ///< sums of products of which some multiply the input
    std::span<const Product> products{};
    std::span<const GradientRun> gradient_runs{};
    std::span<const Operand> vector_factors{}; ///< what gates are multiplied by in gradients of vectors
    std::span<const int> input_gates{}; ///< gate gradients that flow back into the input, in rising order
    TransposedMatrices recurrent{};     ///< of what is not the input
    TransposedMatrices input{};

    constexpr int state_count() const { return static_cast<int>(states.size()); }
};

} // namespace timeloom::plan
