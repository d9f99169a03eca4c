// Several values made one: the directions of a bidirectional layer, Concatenate, Add, Subtract, Multiply,
// Average.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"

namespace timeloom::detail {

/// y = the inputs side by side, Σ x_i, x_0 − x_1, Π x_i or their mean, value by value. As in Keras a step is
/// masked where all inputs are; in a product a masked factor is 1, and the product is 0 where all are masked.
class JoinWork final : public LayerWork {
  public:
    explicit JoinWork(const plan::Layer& layer) : layer_(layer) {}

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    bool is_zero(int t, int b) const;
    void join_row(int t, int b) const;
    void multiply_row(int t, int b) const;
    void split_row(int t, int b) const;
    void join_masks();

    const plan::Layer& layer_;
    std::vector<SequenceView> inputs_, diff_inputs_;
    SequenceView output_, diff_output_;
    aligned_buffer<float> output_memory_, mask_;
    std::vector<aligned_buffer<float>> diff_memory_;
};

} // namespace timeloom::detail
