// Layers that have to do with masks and states: masking, and a recurrent layer's final state.
#pragma once

#include "timeloom/runtime/cells/cell_work.hpp"
#include "timeloom/runtime/layers/elementwise_work.hpp"

namespace timeloom::detail {

/// Masks the steps whose features all have one value: y = x · mask.
class MaskingWork final : public ElementwiseWork {
  public:
    explicit MaskingWork(const plan::Layer& layer) : layer_(layer) {}

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    const plan::Layer& layer_;
    aligned_buffer<float> mask_;
};

/// The state of `cell` after its last step.
class FinalStateWork final : public LayerWork {
  public:
    FinalStateWork(const plan::Layer& layer, CellWork& cell) : layer_(layer), cell_(cell) {}

    SequenceView prepare(std::span<const SequenceView>, bool) override {
        return cell_.final_state(layer_.state);
    }
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override {
        diff_output_ = diff_output;
        return {};
    }
    void forward(const StepContext&) override {}
    void backward(const StepContext&, float*) override {
        cell_.add_to_diff_final_state(layer_.state, diff_output_);
    }

  private:
    const plan::Layer& layer_;
    CellWork& cell_;
    SequenceView diff_output_;
};

} // namespace timeloom::detail
