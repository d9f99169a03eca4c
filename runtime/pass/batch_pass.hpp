// A batch through all layers, forward and backward: its parts are spread over threads, and over ranks.
#pragma once

#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/cells/kept_states.hpp"
#include "timeloom/runtime/distributed/communicator.hpp"
#include "timeloom/runtime/distributed/part_tree.hpp"
#include "timeloom/runtime/pass/batch_part.hpp"
#include "timeloom/runtime/pass/shard.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

/// Inputs with their targets, of which each sample has `weights_per_sample` weights, if there are any.
struct Examples {
    const Inputs& x;
    const Tensor& y;
    std::span<const float> weights{};
    std::size_t weights_per_sample = 0;
};

/// What compile() sets: what is measured of an output.
struct Measures {
    LossFunction loss{Loss::mean_squared_error};
    std::vector<NamedMetric> metrics;
};

/// Sums over batches.
struct Totals {
    explicit Totals(const Measures& measures) : metrics(measures.metrics.size()) {}
    double loss = 0;
    std::vector<MetricTotal> metrics;
};

std::size_t output_steps(const plan::Model& plan);
/// (rows, timesteps, width) where the model hands out sequences, else (rows, width).
Shape outputs_of_width(const plan::Model& plan, std::size_t rows, std::size_t width);
/// Values of a row of the targets: one where they are numbers of classes, else the output's.
std::size_t target_width(const plan::Model& plan, Loss loss);

/// The ranks that share a pass, where they stand, for messages, and what this one has failed with before.
struct Sharing {
    Communicator& ranks;
    std::string place;
    std::exception_ptr failure{};
};

/// Each thread takes a contiguous range of rows, a part of the batch, through all layers by itself: no
/// barrier within a batch. There are as many parts as threads, or a fixed number of them: then what is found
/// in a batch has the same bits on any number of threads and ranks.
class BatchPass {
  public:
    /// Calls done(output, first row of the batch, first step, steps).
    using OutputDone = function_ref<void(const SequenceView&, std::size_t, int, int)>;
    /// Calls done(group, first row of the batch).
    using GroupDone = function_ref<void(const RowGroup&, std::size_t)>;

    /// The parameters are read in every pass, and must outlive this. `fixed_parts`: 0 for as many as threads.
    BatchPass(const plan::Model& plan, std::size_t threads, std::size_t fixed_parts,
              std::span<const float> parameters);

    ThreadPool& pool() { return pool_; }
    const ThreadPool& pool() const { return pool_; }
    KeptStates& states() { return states_; }
    const KeptStates& states() const { return states_; }

    /// Layers are called by `call` from now on, or, where it is empty, as they are declared.
    void set_call(CallFunction call);
    bool has_call() const { return static_cast<bool>(call_); }

    /// What makes the random numbers of a training step: the model's seed, and how many steps came before it.
    struct Step {
        std::uint64_t seed, step;
    };
    /// Forward and backward. Returns the mean loss. Gradients stay with the parts, to be multiplied by
    /// gradient_scale(). `named`, where there is one, is called when it is known which rows of embeddings the
    /// batch names, and no parameter has been read yet. `sharing`: each rank computes its parts, and learns
    /// what the others have measured; null: this one computes all.
    double learn(const Examples& examples, Samples samples, const Measures& measures, const Step& step,
                 Totals& totals, const std::function<void()>& named, const Sharing* sharing, GroupDone done);
    /// Forward; adds losses and metrics to the totals.
    void evaluate(const Examples& examples, Samples samples, const Measures& measures, Totals& totals,
                  const Sharing* sharing = nullptr);
    /// Forward. `keeps_states`: stateful layers go on from the batch before.
    void predict(const Inputs& x, Samples samples, bool checks_values, bool keeps_states, OutputDone done);

    /// True where the number of parts is fixed. Otherwise part i is the work of shard i.
    bool has_fixed_parts() const { return fixed_parts_ != 0; }
    std::span<const BatchPart> parts() const { return std::span(parts_).first(used_parts_); }
    std::span<const Shard> shards() const {
        return std::span(shards_).first(std::min(used_parts_, shards_.size()));
    }
    /// Calls f(rows) for sets of rows of table number `table` that together are those that the batch names.
    template <class F>
    void for_each_named_rows(std::size_t table, F&& f) const {
        for (const BatchPart& part : has_fixed_parts() ? parts() : std::span<const BatchPart>()) {
            f(part.tables[table].named);
        }
        for (const Shard& shard : has_fixed_parts() ? std::span<const Shard>() : shards()) {
            for (const int layer : tables_[table].layers) {
                f(shard.named_rows(layer));
            }
        }
    }
    /// What makes a mean over all rows of the last batch's output one over the rows not masked.
    float gradient_scale() const { return gradient_scale_; }

  private:
    void divide(std::size_t rows);
    PartRange parts_here(const Sharing* sharing) const;
    void for_each_part(bool training, const Sharing* sharing, function_ref<void(BatchPart&, Shard&)> work);
    void measure_parts(const Measures& measures, const Sharing* sharing, function_ref<void()> pass);
    void name_rows(const Inputs& x, Samples samples);
    void learn_part(BatchPart& part, Shard& shard, const StepContext& context, const Objective& objective,
                    GroupDone done);
    void collect_rows(BatchPart& part, const Shard& shard);
    void load(Shard& shard, const BatchPart& part, const Examples& examples, Samples samples,
              Loss loss) const;
    void share_measured(const Sharing& sharing, const std::exception_ptr& failure);
    void add_measured(std::size_t samples, Totals& totals, double& loss);

    const plan::Model& plan_;
    std::span<const float> parameters_;
    ThreadPool pool_;
    aligned_buffer<float> transposed_;
    KeptStates states_;
    std::vector<Shard> shards_; ///< one for each thread
    const std::size_t fixed_parts_;
    std::vector<EmbeddingTable> tables_;
    std::vector<std::vector<std::int32_t>> row_places_; ///< of each thread
    std::vector<BatchPart> parts_;
    std::size_t used_parts_ = 0, most_rows_ = 0;
    CallFunction call_;
    float gradient_scale_ = 1;
};

} // namespace timeloom::detail
