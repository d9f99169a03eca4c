// Embedding: token ids to rows of a table.
#pragma once

#include "timeloom/runtime/aligned_buffer.hpp"
#include "timeloom/runtime/distinct_rows.hpp"
#include "timeloom/runtime/layer_work.hpp"
#include "timeloom/runtime/parameter_layout.hpp"
#include "timeloom/runtime/sequence_memory.hpp"

#include <cstdint>

namespace timeloom {

class EmbeddingWork final : public LayerWork {
  public:
    EmbeddingWork(const dsl::layer& layer, const LayerOffsets& offsets, ParameterView parameters)
        : layer_(layer), offset_(offsets.vectors), parameters_(parameters) {}

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override { forward_steps(context, 0, output_.timesteps); }
    bool runs_in_pieces() const override { return true; }
    void forward_steps(const StepContext& context, int first, int count) override;
    /// To be called after prepare() for layers that can look rows up by their numbers: nullptr where a batch
    /// has too few tokens for that.
    DistinctRows* share_rows();
    /// Whether others read the output step by step.
    void set_other_readers(bool are_there) { has_other_readers_ = are_there; }
    /// Whether the present batch's output is written, and its gradient read.
    bool hands_out_steps() const { return has_other_readers_ || !rows_.are_few(); }
    /// The table's gradient is a sum over rows that several threads may share: add_gradient() makes it
    /// afterwards.
    void backward(const StepContext&, float*) override {}

    /// Adds `scale` times the gradient to the rows of the whole model's `gradients` whose token lies in
    /// [first, last). Any split of the tokens gives the same bits.
    void add_gradient(std::int32_t first, std::int32_t last, float scale, float* gradients) const;

    /// Calls f(token) for every token of the batch.
    template <class F>
    void for_each_token(F&& f) const {
        for_each_row(output_, [&](int t, int b) { f(input_.tokens[t * input_.step_stride + b]); });
    }

  private:
    void make_mask();
    void hand_out_steps(int first, int count) const;

    const dsl::layer& layer_;
    std::size_t offset_;
    ParameterView parameters_;
    SequenceView input_, output_, diff_output_;
    aligned_buffer<float> memory_, mask_;
    DistinctRows rows_;
    enum class Sharing { not_asked_for, none, all } sharing_ = Sharing::not_asked_for;
    bool has_other_readers_ = true;
};

} // namespace timeloom
