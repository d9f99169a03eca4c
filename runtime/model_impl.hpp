// The inside of Model: parameters, threads, and a shard of the batch for each thread.
#pragma once

#include "timeloom/runtime/model.hpp"
#include "timeloom/runtime/shard.hpp"
#include "timeloom/runtime/thread_pool.hpp"

namespace timeloom {

class Model::Impl {
  public:
    Impl(dsl::network network, const KernelTable& kernels, const ModelOptions& options);

    void compile(const Optimizer& optimizer, Loss loss, const std::vector<std::string>& metrics);
    History fit(const Inputs& x, const Tensor& y, const FitOptions& options);
    Evaluation evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size);
    Tensor predict(const Inputs& x, std::size_t batch_size);

    const ModelPlan& plan() const { return plan_; }
    std::span<float> parameters() { return parameters_.span(); }
    std::span<const float> parameters() const { return parameters_.span(); }

  private:
    /// Which samples make up a batch: entries of `order`.
    using Samples = std::span<const std::size_t>;
    struct Totals {
        double loss = 0;
        std::vector<MetricTotal> metrics;
    };

    void check_inputs(const Inputs& x) const;
    void check_targets(const Inputs& x, const Tensor& y) const;
    void require_compiled() const;
    static void require_batch(std::size_t batch_size);

    /// Hands the rows of a batch out to the shards; calls work(shard, first row) on each from its own thread.
    void for_each_shard(std::size_t rows, bool training, function_ref<void(Shard&, std::size_t)> work);
    void load_inputs(Shard& shard, const Inputs& x, Samples samples) const;
    void load_targets(Shard& shard, const Tensor& y, Samples samples) const;
    void add_metrics(const Shard& shard, std::vector<MetricTotal>& totals) const;

    Evaluation train_epoch(const Inputs& x, const Tensor& y, const FitOptions& options, std::size_t epoch);
    double train_step(const Inputs& x, const Tensor& y, Samples samples, Totals& totals);
    void update_parameters();
    Evaluation mean_of(const Totals& totals, std::size_t samples) const;
    void report(const FitOptions& options, Progress& progress, const Totals& totals,
                std::size_t samples) const;

    ModelPlan plan_;
    ModelOptions options_;
    ThreadPool pool_;
    aligned_buffer<float> parameters_, transposed_, gradients_;
    std::vector<Shard> shards_;
    std::size_t used_shards_ = 0;
    std::vector<std::vector<MetricTotal>> shard_metrics_;
    std::vector<double> shard_loss_;

    bool compiled_ = false;
    Loss loss_{};
    std::vector<std::pair<std::string, Metric>> metrics_;
    std::optional<OptimizerState> optimizer_;
    std::uint64_t step_ = 0;
    std::uint64_t epochs_done_ = 0;
};

} // namespace timeloom
