// A cell run over time, forward and backward, for one thread's rows.
#pragma once

#include "timeloom/runtime/cell_binding.hpp"

#include <span>
#include <vector>

namespace timeloom {

class CellWork final : public LayerWork {
  public:
    CellWork(const dsl::layer& layer, int position, const KernelTable& kernels, const ParameterLayout& layout,
             const TransposedOffsets& transposed, ParameterView parameters);
    CellWork(const CellWork&) = delete;
    CellWork& operator=(const CellWork&) = delete;

    SequenceView prepare(const SequenceView& input, bool training) override;
    SequenceView prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

    // For layers that are driven step by step, and for tests. Rows of boundary values are padded(units)
    // floats.
    std::span<float> initial_state(int state) { return one_step(memory_.previous_state(state)); }
    SequenceView states(int state) { return memory_.next_state(state); }
    SequenceView saved(int item) { return memory_.saved(item); }
    SequenceView gates(int gate) { return memory_.gates(gate); }
    std::span<float> diff_final_state(int state) { return one_step(memory_.diff_final_state(state)); }
    std::span<float> diff_initial_state(int state) { return one_step(memory_.diff_initial_state(state)); }
    /// Fills diff_initial_state() from the last backward().
    void initial_state_gradient() { initial_gradient_(); }

  private:
    static std::span<float> one_step(const SequenceView& v) {
        return {v.data, static_cast<std::size_t>(v.time_stride)};
    }
    SequenceView in_order_of_reading(const SequenceView& v) const;
    KernelCall bind(dsl::kernel_kind kind) const;
    void bind_gradients();
    void apply_input_dropout(const StepContext& context);
    void multiply_by_mask(const SequenceView& from, const SequenceView& to) const;
    void take_up_states(const StepContext& context);
    void keep_states(const StepContext& context);
    void scatter_diff_output();
    int piece_of_time() const;

    struct WeightGradient {
        KernelCall call;
        std::size_t offset; ///< of its output in the gradients
    };

    const dsl::layer& layer_;
    int position_;
    LayerKernels kernels_;
    std::size_t dense_begin_;
    CellMemory memory_;
    CellArguments arguments_;
    SequenceView unmasked_input_;
    aligned_buffer<float> masked_input_, mask_;
    KernelCall forward_, backward_, initial_gradient_, input_gradient_, vector_gradient_;
    std::vector<WeightGradient> weight_gradients_;
};

} // namespace timeloom
