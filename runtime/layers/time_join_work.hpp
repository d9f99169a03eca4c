// Sequences one behind the other: Concatenate along time.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"

namespace timeloom::detail {

/// y = all steps of the first input, then those of the second, … As in Keras a step is masked where it was;
/// all steps of an input without a mask count.
class TimeJoinWork final : public LayerWork {
  public:
    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    /// The gradient of an input is a piece of the output's.
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext&, float*) override {}

  private:
    /// Calls f(input, its first step within the output).
    template <class F>
    void for_each_input(F&& f) const;

    std::vector<SequenceView> inputs_;
    SequenceView output_;
    aligned_buffer<float> memory_, mask_;
};

} // namespace timeloom::detail
