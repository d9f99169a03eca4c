// A recurrent layer over the sequence and one over the reversed sequence, merged.
#pragma once

#include "timeloom/runtime/aligned_buffer.hpp"
#include "timeloom/runtime/layer_work.hpp"

namespace timeloom {

/// Runs both directions, whose time runs in the order in which each of them reads; the backward one's is
/// turned round before outputs are merged and gradients of the input are added up.
class BidirectionalWork final : public LayerWork {
  public:
    BidirectionalWork(const dsl::layer& layer, std::unique_ptr<LayerWork> forward,
                      std::unique_ptr<LayerWork> backward)
        : layer_(layer), forward_(std::move(forward)), backward_(std::move(backward)) {}

    SequenceView prepare(const SequenceView& input, bool training) override;
    SequenceView prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    void backward(const StepContext& context, float* gradients) override;

  private:
    /// What goes out of a direction and comes back to it, in the order of the layer's output.
    struct Direction {
        SequenceView output, diff_output, diff_input;
        aligned_buffer<float> diff_output_memory;
    };
    void split_diff_output() const;
    void add_diff_inputs() const;

    const dsl::layer& layer_;
    std::unique_ptr<LayerWork> forward_, backward_;
    Direction ahead_, back_;
    SequenceView output_, diff_output_;
    aligned_buffer<float> output_memory_;
};

} // namespace timeloom
