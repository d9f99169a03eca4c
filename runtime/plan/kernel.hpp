// The generated kernels of a model, and what their arguments mean.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

/// Shapes are in Halide's order, innermost first: u units, k width of an operand, b rows, t time steps.
enum class ArgumentRole : std::uint8_t {
    input,              ///< (k, b, t)
    matrices,           ///< (lane, gate, k, block) of product group `index`
    vectors,            ///< (u, vector)
    previous_state,     ///< (u, b, t): state `index` before each step
    next_state,         ///< (u, b, t): state `index` after each step
    output,             ///< (u, b, t): the cell's output where it is no state
    saved,              ///< (u, item, b, t): the workspace
    transposed,         ///< (lane, matrix, k, block): the transposed matrices of states and computed operands
    diff_output,        ///< (u, b, t)
    diff_final_state,   ///< (u, b): gradient with respect to state `index` after the last step
    diff_initial_state, ///< (u, b): the same before the first step
    gates,              ///< (u, b, t): gate gradient `index`
    carried_gates,  ///< (u, b, t): the same one step later in time (one step earlier in the kernel's order)
    direct_state,   ///< (u, b, t): pointwise part of the gradient with respect to the previous state `index`
    carried_direct, ///< (u, b, t): the same one step later in time
    direct_input,   ///< (u, b, t): pointwise part of the gradient with respect to the input
    operand,        ///< (k, b, t): what a weight gradient's matrix or a vector multiplies
    diff_gates,     ///< (u, gate, b, t): gate gradients, read by products
    diff_matrices,  ///< (lane, gate, k, block)
    diff_vector,    ///< (u)
    diff_input,     ///< (k, b, t)
    step_mask,      ///< (b, t): 1 where a step counts, 0 where it is masked
    recurrent_mask, ///< (u, b): what the operands of recurrent matrices are multiplied by
    input_products, ///< (u, affine, row): all that multiply the input; made one by one, affine `index`
    row_numbers     ///< (b, t), int32: which row of input_products a step reads
};

enum class KernelKind : std::uint8_t {
    forward,                ///< all time steps, for inference
    forward_ahead,          ///< the same for single rows: the input's products of many steps at once
    forward_training,       ///< the same, storing the workspace
    backward,               ///< BPTT: gate gradients of all time steps
    initial_state_gradient, ///< what flows back into the states before the first step
    input_gradient,         ///< what flows back into the input
    weight_gradient,        ///< run `variant` of the matrices
    vector_gradient,        ///< biases, peepholes
    row_products,           ///< the affines of the input, of rows that many steps read
    forward_looked_up,      ///< forward that looks these up instead
    forward_training_looked_up,
    stream ///< time steps of all layers, for one row; its arguments are pointers to (const float* parameters,
           ///< float* memory, const float* input, float* output, int samples, int zero), no buffers
};

/// True if predict() and evaluate() need kernels of this kind; fit() and gradients() need the others, too.
constexpr bool is_for_inference(KernelKind kind) {
    return kind == KernelKind::forward || kind == KernelKind::forward_ahead ||
           kind == KernelKind::row_products || kind == KernelKind::forward_looked_up ||
           kind == KernelKind::stream;
}

struct KernelArgument {
    ArgumentRole role{};
    std::int16_t index = 0;
    bool operator==(const KernelArgument&) const = default;
};

struct Kernel {
    int layer =
        0; ///< whose it is, and of all layers that have the same kernels the first one; -1: all layers
    KernelKind kind{};
    int variant = 0; ///< rows computed together, run of a weight gradient, or floats of a stream's memory
    std::string_view name{};
    int (*call)(void** arguments) = nullptr; ///< pointers to halide_buffer_t, in the order of the signature
    std::span<const KernelArgument> signature{};
};

} // namespace timeloom::plan
