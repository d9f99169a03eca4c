// Vectors made one sequence.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

/// y_t = the input number t; masked where it is, if all of them are steps of masked sequences.
class StackWork final : public LayerWork {
  public:
    SequenceView prepare(std::span<const SequenceView> inputs, bool) override {
        inputs_.assign(inputs.begin(), inputs.end());
        output_ =
            view_in(memory_, inputs_[0].without_mask(), static_cast<int>(inputs_.size()), inputs_[0].width);
        if (std::ranges::all_of(inputs_, [](const SequenceView& x) { return x.mask != nullptr; })) {
            mask_.reserve_zeroed(static_cast<std::size_t>(output_.timesteps * output_.padded_rows));
            output_.mask = mask_.data();
            output_.step_stride = output_.padded_rows;
        }
        return output_;
    }
    /// The gradient of input t is step t of the output's.
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override {
        std::vector<SequenceView> diff_inputs;
        for (int t = 0; t < output_.timesteps; ++t) {
            diff_inputs.push_back(diff_output.steps(t, 1));
        }
        return diff_inputs;
    }
    void forward(const StepContext&) override {
        for_each_row(output_, [&](int t, int b) {
            const SequenceView& x = inputs_[static_cast<std::size_t>(t)];
            std::copy_n(x.row(0, b), output_.width, output_.row(t, b));
            if (output_.mask != nullptr) {
                mask_.data()[t * output_.step_stride + b] = x.counts(0, b) ? 1.0f : 0.0f;
            }
        });
    }
    void backward(const StepContext&, float*) override {}

  private:
    std::vector<SequenceView> inputs_;
    SequenceView output_;
    aligned_buffer<float> memory_, mask_;
};

} // namespace timeloom::detail
