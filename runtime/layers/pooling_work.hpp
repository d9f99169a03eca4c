// Pooling over time: the mean or the largest value of all time steps, or of windows of them.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"

namespace timeloom::detail {

/// y_w = Σ x_t / n or max x_t over the steps t of window w, feature by feature. The mean of all steps leaves
/// masked ones out, and is 0 where all are masked. Backward: dx_t = Σ_w dy_w / n; the gradient of a maximum
/// goes to the first step that has it, that over all steps in equal parts to all that have it, as Keras's.
class PoolingWork final : public LayerWork {
  public:
    explicit PoolingWork(const plan::Layer& layer) : pooled_(layer.pooled) {}

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    struct Window {
        int begin, end;
    };
    Window window(int number) const;
    bool takes_part(int t, int b) const;
    int steps_in(Window w, int b) const;
    void find_mean(Window w, int b, float* y) const;
    void find_maximum(Window w, int b, float* y) const;
    void pass_mean_back(Window w, int b, const float* dy) const;
    void pass_maximum_back(Window w, int b, const float* y, const float* dy);

    const plan::Pooling pooled_;
    SequenceView input_, output_, diff_output_, diff_input_;
    aligned_buffer<float> output_memory_, diff_input_memory_;
    std::vector<float> found_; ///< of each feature: the steps that have the maximum, so far
};

} // namespace timeloom::detail
