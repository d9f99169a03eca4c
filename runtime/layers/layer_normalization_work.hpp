// Layer normalization of every vector, forward and backward.
#pragma once

#include "timeloom/runtime/layers/elementwise_work.hpp"

#include <vector>

namespace timeloom::detail {

/// y = gamma · n + beta with n = (x − mean) · r, r = 1 / sqrt(variance + epsilon) over the width of a row.
/// Backward, with dn = gamma · dy: dx = r · (dn − mean(dn) − n · mean(dn · n)); over all rows dgamma = Σ dy ·
/// n and dbeta = Σ dy.
class LayerNormalizationWork final : public ElementwiseWork {
  public:
    LayerNormalizationWork(const plan::Layer& layer, std::size_t dense_begin, ParameterView parameters);

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    struct Moments {
        float mean, r;
    };
    Moments moments_of(const float* x) const;
    Moments& moments_at(int time, int row);
    const float* gamma() const;
    void input_gradient(const Moments& m, const float* x, const float* dy, float* dx) const;

    const plan::Layer& layer_;
    std::size_t gamma_at_, beta_at_, dense_begin_;
    ParameterView parameters_;
    aligned_buffer<float> ones_; ///< stands for a gamma that the layer lacks
    std::vector<Moments> moments_;
};

} // namespace timeloom::detail
