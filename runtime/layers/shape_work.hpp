// Layers that change only the shape: repeat and flatten.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"

namespace timeloom::detail {

/// y_t = x at every time step; dx = Σ_t dy_t.
class RepeatWork final : public LayerWork {
  public:
    explicit RepeatWork(const plan::Layer& layer) : layer_(layer) {}
    /// The output is the input's memory, read again and again.
    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext&) override {}
    void backward(const StepContext& context, float* gradients) override;

  private:
    const plan::Layer& layer_;
    SequenceView input_, diff_output_, diff_input_;
    aligned_buffer<float> diff_input_memory_;
};

/// y = x_0, x_1, … side by side.
class FlattenWork final : public LayerWork {
  public:
    explicit FlattenWork(const plan::Layer& layer) : layer_(layer) {}
    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    const plan::Layer& layer_;
    SequenceView input_, output_, diff_output_, diff_input_;
    aligned_buffer<float> output_memory_, diff_input_memory_;
};

} // namespace timeloom::detail
