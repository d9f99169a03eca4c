// One thread's share of a batch: its rows through all layers, forward and backward.
#pragma once

#include "timeloom/runtime/cell_work.hpp"
#include "timeloom/runtime/embedding_work.hpp"
#include "timeloom/runtime/losses.hpp"

#include <memory>
#include <span>
#include <vector>

namespace timeloom {

/// What every shard of a model shares and none of them changes.
struct ModelPlan {
    dsl::network network;
    const KernelTable* kernels = nullptr;
    ParameterLayout layout;
    std::vector<TransposedOffsets> transposed; ///< by layer
    std::size_t transposed_size = 0;

    ModelPlan(dsl::network n, const KernelTable& table);
};

class Shard {
  public:
    Shard(const ModelPlan& plan, ParameterView parameters);

    /// Makes room for `rows` rows, of which those of the input are then set by the caller.
    void prepare(int rows, bool training);

    int rows() const { return input_.rows; }
    /// Where the caller puts the input: vectors …
    const SequenceView& input() const { return input_; }
    /// … or token ids, time-major with input().padded_rows ids a step.
    std::span<std::int32_t> tokens() { return tokens_; }
    /// Where the caller puts targets, time-major like the output: output().width values a row, or one where
    /// they are numbers of classes.
    std::span<float> targets() { return targets_.span(); }
    /// Where the caller puts the weights of the targets' rows, which count while `weighted` is set.
    std::span<float> weights() { return weights_.span(); }
    void set_weighted(bool weighted) { weighted_ = weighted; }

    const SequenceView& output() const { return output_; }

    void forward(const StepContext& context);
    /// Adds this shard's share of the loss over `total_rows` rows and its gradients; forward() comes first.
    double backward(const StepContext& context, const LossFunction& loss, std::size_t total_rows);
    /// Loss and metrics of the rows, without gradients.
    double loss(const LossFunction& loss, std::size_t total_rows) const;
    MetricTotal metric(Metric metric) const;

    /// Gradients of all parameters behind dense_begin(); cleared by backward().
    std::span<const float> gradients() const { return gradients_.span(); }
    const std::vector<EmbeddingWork*>& embeddings() const { return embeddings_; }

  private:
    void wrap_directions(const dsl::layer& layer);
    template <class F>
    void for_each_output_step(bool class_targets, F&& f) const;

    const ModelPlan& plan_;
    std::vector<std::unique_ptr<LayerWork>> layers_;
    std::vector<EmbeddingWork*> embeddings_;
    SequenceView input_, output_, diff_output_;
    bool prepared_for_training_ = false;
    bool weighted_ = false;
    aligned_buffer<float> input_memory_, targets_, weights_, diff_output_memory_, gradients_;
    std::vector<std::int32_t> tokens_;
};

} // namespace timeloom
