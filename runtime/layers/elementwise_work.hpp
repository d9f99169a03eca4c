// Layers that change values but no shape: dropout and softmax.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"

namespace timeloom::detail {

/// Has an output and an input gradient of its input's shape.
class ElementwiseWork : public LayerWork {
  public:
    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;

  protected:
    SequenceView input_, output_, diff_output_, diff_input_;

  private:
    aligned_buffer<float> output_memory_, diff_input_memory_;
};

/// Training: y = x · mask, a mask value for each value. Inference: y = x.
class DropoutWork final : public ElementwiseWork {
  public:
    /// `stream` tells the random numbers of this layer from those of others.
    DropoutWork(const plan::Layer& layer, int stream) : layer_(layer), stream_(stream) {}
    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    template <class F>
    void for_each_mask(const StepContext& context, F&& f);

    const plan::Layer& layer_;
    int stream_;
    aligned_buffer<float> mask_;
};

/// y_i = exp(x_i − max x) / Σ_j exp(x_j − max x) over the width of a row; dx = y · (dy − Σ_j dy_j y_j).
class SoftmaxWork final : public ElementwiseWork {
  public:
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;
};

} // namespace timeloom::detail
