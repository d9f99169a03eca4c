// A cell run over time, forward and backward, with the memory for one thread's rows.
#pragma once

#include "timeloom/runtime/aligned_buffer.hpp"
#include "timeloom/runtime/kernel_call.hpp"
#include "timeloom/runtime/layer_work.hpp"
#include "timeloom/runtime/parameter_layout.hpp"

#include <span>
#include <vector>

namespace timeloom {

/// Where a layer's transposed matrices lie in the model's transposed buffer.
struct TransposedOffsets {
    std::size_t recurrent = 0; ///< [block of operand units][unit][matrix][lane]
    std::size_t input = 0;     ///< [block of features][unit][matrix][lane]
};

class CellWork final : public LayerWork {
  public:
    CellWork(const dsl::layer& layer, int position, const KernelTable& kernels, const ParameterLayout& layout,
             const TransposedOffsets& transposed, ParameterView parameters);

    SequenceView prepare(const SequenceView& input, bool training) override;
    SequenceView prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

    // For layers that are driven step by step, and for tests. (u, b) rows are padded(units) floats.
    std::span<float> initial_state(int state);
    SequenceView states(int state); ///< after each step
    SequenceView saved(int item);   ///< workspace
    SequenceView gates(int gate);   ///< gate gradients
    std::span<float> diff_final_state(int state) {
        return diff_final_[static_cast<std::size_t>(state)].span();
    }
    std::span<float> diff_initial_state(int state) {
        return diff_initial_[static_cast<std::size_t>(state)].span();
    }
    /// Fills diff_initial_state() from the last backward().
    void initial_state_gradient();

  private:
    void bind_forward(bool training);
    void bind_gradients();
    void bind_argument(KernelCall& call, const dsl::kernel_argument& argument, bool backward_in_time);
    void apply_input_dropout(const StepContext& context);
    void multiply_by_mask(const SequenceView& from, const SequenceView& to) const;
    SequenceView full_diff_output();
    SequenceView operand_view(int operand);
    SequenceView sequence(aligned_buffer<float>& memory, int slots, int slot, int values_per_row = 1,
                          int value = 0);
    int piece_of_time() const;

    const dsl::layer& layer_;
    const dsl::graph& g_;
    int position_;
    LayerKernels kernels_;
    const ParameterLayout& layout_;
    const LayerOffsets& offsets_;
    TransposedOffsets transposed_;
    ParameterView parameters_;
    int output_state_ = -1; ///< state that is the output, -1 where the output is no state

    SequenceView input_; ///< what the kernels read: the layer's input, or its masked copy
    SequenceView unmasked_input_;
    SequenceView diff_output_, diff_input_;
    aligned_buffer<float> masked_, mask_, output_, saved_, gates_, direct_input_, diff_input_memory_,
        scattered_diff_output_;
    std::vector<aligned_buffer<float>> states_, direct_, diff_final_, diff_initial_;

    struct WeightGradient {
        KernelCall call;
        SequenceView operand;
        std::size_t offset; ///< of its output in the gradients
    };
    KernelCall forward_, backward_, initial_gradient_, input_gradient_, vector_gradient_;
    std::vector<WeightGradient> weight_gradients_;
};

/// Sizes of the transposed matrices of `layer`, and packing them from the parameters; once for each training
/// step.
std::size_t transposed_recurrent_size(const dsl::layer& layer);
std::size_t transposed_input_size(const dsl::layer& layer);
void pack_transposed(const dsl::layer& layer, const LayerOffsets& offsets, const TransposedOffsets& where,
                     const float* parameters, float* transposed);

} // namespace timeloom
