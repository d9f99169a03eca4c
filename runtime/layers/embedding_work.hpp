// Embedding: token ids to rows of a table.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/layers/layer_work.hpp"
#include "timeloom/runtime/sequences/distinct_rows.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <cstdint>
#include <vector>

namespace timeloom::detail {

class EmbeddingWork final : public LayerWork {
  public:
    EmbeddingWork(const plan::Layer& layer, ParameterView parameters)
        : layer_(layer), offset_(layer.vectors), parameters_(parameters) {}

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override { forward_steps(context, 0, output_.timesteps); }
    bool runs_in_pieces() const override { return true; }
    void forward_steps(const StepContext& context, int first, int count) override;
    /// To be called after prepare(): the distinct rows of the batches to come, and whether others than cells
    /// that look products up read the output step by step.
    void share(const DistinctRows& rows, bool has_other_readers);
    /// The numbers of these rows at each step, where they are few; 0 in rows of the batch that do not count.
    SequenceView numbers() const { return numbers_; }
    /// True if the present batch's output is written, and its gradient read.
    bool hands_out_steps() const { return has_other_readers_ || !rows_->are_few(); }
    /// The table's gradient is a sum over rows that several threads may share: add_gradient() makes it
    /// afterwards.
    void backward(const StepContext&, float*) override {}

    /// Adds `scale` times the gradient that was read step by step to the rows of `table` whose token lies in
    /// [first, last). Any split of the tokens gives the same bits.
    void add_gradient(std::int32_t first, std::int32_t last, float scale, const TableGradient& table) const;

  private:
    void number_tokens();
    void make_mask();
    void hand_out_steps(int first, int count) const;

    const plan::Layer& layer_;
    std::size_t offset_;
    ParameterView parameters_;
    SequenceView input_, output_, diff_output_;
    aligned_buffer<float> memory_, mask_;
    const DistinctRows* rows_ = nullptr;
    std::vector<std::int32_t> number_of_place_;
    SequenceView numbers_;
    bool has_other_readers_ = true;
};

} // namespace timeloom::detail
