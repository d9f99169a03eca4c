// A batch through all layers, forward and backward: its rows are spread over threads.
#pragma once

#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/cells/kept_states.hpp"
#include "timeloom/runtime/pass/shard.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Which samples make up a batch: places in the inputs.
using Samples = std::span<const std::size_t>;

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

/// Each thread takes a contiguous range of rows through all layers by itself: no barrier within a batch.
class BatchPass {
  public:
    /// Calls done(output, first row of the batch, first step, steps).
    using OutputDone = function_ref<void(const SequenceView&, std::size_t, int, int)>;
    /// Calls done(group, first row of the batch).
    using GroupDone = function_ref<void(const RowGroup&, std::size_t)>;

    /// The parameters are read in every pass, and must outlive this.
    BatchPass(const plan::Model& plan, std::size_t threads, std::span<const float> parameters);

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
    /// Forward and backward. Returns the mean loss. Gradients stay with the shards, to be multiplied by
    /// gradient_scale(). `loaded`, where there is one, is called when the shards know their samples and have
    /// read no parameter yet.
    double learn(const Examples& examples, Samples samples, const Measures& measures, const Step& step,
                 Totals& totals, const std::function<void()>& loaded, GroupDone done);
    /// Forward; adds losses and metrics to the totals.
    void evaluate(const Examples& examples, Samples samples, const Measures& measures, Totals& totals);
    /// Forward. `keeps_states`: stateful layers go on from the batch before.
    void predict(const Inputs& x, Samples samples, bool checks_values, bool keeps_states, OutputDone done);

    /// The shards that had rows in the last pass.
    std::span<const Shard> shards() const { return std::span(shards_).first(used_shards_); }
    /// What makes a mean over all rows of the last batch's output one over the rows not masked.
    float gradient_scale() const { return gradient_scale_; }

  private:
    void for_each_shard(std::size_t rows, bool training, function_ref<void(Shard&, std::size_t)> work);
    void load(Shard& shard, const Examples& examples, Samples samples, Loss loss) const;
    void begin_measuring(const Measures& measures);
    void add_measured(std::size_t samples, Totals& totals, double& loss);
    std::size_t number_of(const Shard& shard) const {
        return static_cast<std::size_t>(&shard - shards_.data());
    }

    const plan::Model& plan_;
    std::span<const float> parameters_;
    ThreadPool pool_;
    aligned_buffer<float> transposed_;
    KeptStates states_;
    std::vector<Shard> shards_;
    std::size_t used_shards_ = 0;
    std::vector<std::vector<MetricTotal>> shard_metrics_;
    std::vector<double> shard_loss_;
    CallFunction call_;
    float gradient_scale_ = 1;
};

} // namespace timeloom::detail
