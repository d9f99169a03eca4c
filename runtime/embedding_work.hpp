// Embedding: token ids to rows of a table.
#pragma once

#include "timeloom/runtime/aligned_buffer.hpp"
#include "timeloom/runtime/layer_work.hpp"
#include "timeloom/runtime/parameter_layout.hpp"

#include <cstdint>

namespace timeloom {

class EmbeddingWork final : public LayerWork {
  public:
    EmbeddingWork(const dsl::layer& layer, const LayerOffsets& offsets, ParameterView parameters)
        : layer_(layer), offset_(offsets.vectors), parameters_(parameters) {}

    /// `tokens` are time-major, padded_rows a step, and stay the caller's.
    void set_tokens(const std::int32_t* tokens) { tokens_ = tokens; }

    SequenceView prepare(const SequenceView& input, bool training) override;
    SequenceView prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    /// The table's gradient is a sum over rows that several threads may share: add_gradient() makes it
    /// afterwards.
    void backward(const StepContext&, float*) override {}

    /// Adds the gradient to the rows of the whole model's `gradients` whose token lies in [first, last), and
    /// the same for clear_gradient(), which sets those rows to zero. Any split of the tokens gives the same
    /// bits.
    void add_gradient(std::int32_t first, std::int32_t last, float* gradients) const;
    void clear_gradient(std::int32_t first, std::int32_t last, float* gradients) const;

  private:
    template <class F>
    void for_each_row(std::int32_t first, std::int32_t last, F&& f) const;

    const dsl::layer& layer_;
    std::size_t offset_;
    ParameterView parameters_;
    const std::int32_t* tokens_ = nullptr;
    SequenceView output_, diff_output_;
    aligned_buffer<float> memory_;
};

} // namespace timeloom
