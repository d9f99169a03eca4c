// Which memory the arguments of a cell's kernels are: what plan/kernel.hpp says that they mean.
#pragma once

#include "timeloom/runtime/cells/cell_memory.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"
#include "timeloom/runtime/sequences/kernel_call.hpp"

namespace timeloom::detail {

/// Everything that the kernels of one layer read and write.
struct CellArguments {
    const plan::Layer& layer;
    ParameterView parameters;
    CellMemory& memory;
    std::size_t dense_begin = 0; ///< of the parameters: where gradients begin
    SequenceView input{};        ///< what the kernels read: the layer's input, or its masked copy
    SequenceView row_numbers{}, input_products{}; ///< of kernels that look the input up
    SequenceView diff_output{};                   ///< gradient of what the layer hands on
    float* recurrent_mask = nullptr;
    bool final_states_are_read = false; ///< other layers read the states after the last step
    bool is_last_window = true;         ///< of truncated backpropagation; after others nothing flows back

    /// True if the output's gradient is all that reaches the state that is the output.
    bool gets_last_output_gradient() const {
        return !layer.return_sequences && layer.cell.output_state >= 0 && !final_states_are_read;
    }
};

/// `entry` with all arguments bound. For kernels that compute time steps: forward, backward and what flows
/// back.
KernelCall bind_step_kernel(const plan::Kernel& entry, const CellArguments& arguments);

/// The gradient of some matrices that multiply the same operand. It reads pieces of time, which are to be
/// selected before it is added.
struct WeightGradient {
    KernelCall call;
    std::size_t offset; ///< of its output in the gradients
    bool reads_input;   ///< what the matrices multiply is the layer's input

    void add_to(float* gradients) {
        call.rebase_result(gradients + offset);
        call();
    }
};

/// Chooses the matrices whose gradients are bound: all of them, or those that multiply the layer's input.
enum class Operands { all, input };
std::vector<WeightGradient> bind_weight_gradients(const LayerKernels& kernels, const CellArguments& arguments,
                                                  Operands operands = Operands::all);

/// Binds the kernel that computes the gradients of all biases and other vectors of a cell.
KernelCall bind_vector_gradient(const plan::Kernel& entry, const CellArguments& arguments);

} // namespace timeloom::detail
