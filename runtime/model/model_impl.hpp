// The inside of Model: parameters, threads, and a shard of the batch for each thread.
#pragma once

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/exclusive_use.hpp"
#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/cells/kept_states.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/parameters/gradient_clipper.hpp"
#include "timeloom/runtime/parameters/named_rows.hpp"
#include "timeloom/runtime/parameters/norm_constraint.hpp"
#include "timeloom/runtime/parameters/regularizer.hpp"
#include "timeloom/runtime/pass/shard.hpp"

namespace timeloom {

class Model::Impl {
  public:
    Impl(const plan::Model& plan, const ModelOptions& options);

    void compile(const Optimizer& optimizer, const LossFunction& loss,
                 const std::vector<std::string>& metrics, const std::vector<std::string>& weighted_metrics);
    /// `model` is this one, for the callbacks.
    History fit(Model& model, const Inputs& x, const Tensor& y, const FitOptions& options);
    Evaluation evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size,
                        const Tensor& sample_weight);
    Tensor predict(const Inputs& x, std::size_t batch_size);
    Gradients gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight);

    void save_weights(const std::filesystem::path& path) const;
    void load_weights(const std::filesystem::path& path);
    void save_checkpoint(const std::filesystem::path& path) const;
    void load_checkpoint(const std::filesystem::path& path);

    const plan::Model& plan() const { return plan_; }
    /// With all postponed updates made; so is the optimizer. Whoever changes them must keep them finite.
    std::span<float> parameters() {
        make_up_all_rows();
        reach_.reset();
        return parameters_.span();
    }
    std::span<const float> parameters() const {
        const_cast<Impl*>(this)->make_up_all_rows();
        return parameters_.span();
    }
    OptimizerState& optimizer() {
        require_compiled();
        make_up_all_rows();
        reach_.reset();
        return *optimizer_;
    }
    const OptimizerState& optimizer() const {
        require_compiled();
        const_cast<Impl*>(this)->make_up_all_rows();
        return *optimizer_;
    }
    double learning_rate() const {
        require_compiled();
        return optimizer_->learning_rate();
    }
    void set_learning_rate(double learning_rate) {
        require_compiled();
        optimizer_->set_learning_rate(learning_rate);
    }
    void set_call(CallFunction call);
    bool has_call() const { return static_cast<bool>(call_); }
    void stop_training() { stop_training_ = true; }
    std::vector<std::string> metric_names() const;
    /// One thread at a time may be inside; throws Error for another, and within a pass.
    ExclusiveUse& use() { return use_; }
    void require_no_pass(const char* member) const;
    /// Throws Error where the kernels are only those that predict and evaluate.
    void require_training_kernels() const;
    KeptStates& states() { return states_; }
    const KeptStates& states() const { return states_; }

    /// What a training step depends on beside parameters and optimizer.
    struct Counters {
        std::uint64_t seed = 0;
        std::uint64_t steps = 0;
        std::uint64_t epochs = 0;
    };
    Counters counters() const { return {options_.seed, step_, epochs_done_}; }
    void set_counters(const Counters& counters);

  private:
    /// Which samples make up a batch: entries of `order`.
    using Samples = std::span<const std::size_t>;
    /// Inputs with their targets, of which each sample has `weights_per_sample` weights, if there are any.
    struct Examples {
        const Inputs& x;
        const Tensor& y;
        std::span<const float> weights{};
        std::size_t weights_per_sample = 0;
    };
    /// An embedding's table: where its rows lie among the parameters, and what is known of them.
    struct EmbeddingTable {
        std::vector<int> layers; ///< that read it: one, or all that share it
        std::size_t offset, width;
        NamedRows rows;
        ParameterRange range(std::size_t first, std::size_t last) const {
            return {offset + first * width, offset + last * width};
        }
    };
    struct Totals {
        double loss = 0;
        std::vector<MetricTotal> metrics;
    };
    /// Of a training step, from 1.
    struct StepPlace {
        std::size_t epoch, step;
    };

    Examples checked_examples(const Inputs& x, const Tensor& y, const Tensor& sample_weight);
    void check_targets(const Inputs& x, const Tensor& y);
    void check_weights(const Inputs& x, const Tensor& sample_weight);
    bool fits_loss(float target) const;
    void require_where_counted(const Inputs& x, function_ref<bool(std::size_t)> fits,
                               function_ref<std::string(std::size_t)> complaint);
    std::vector<bool> counted_rows(const Inputs& x, const std::vector<std::size_t>& samples);
    void check_class_weight(const std::map<int, double>& class_weight) const;
    void check_fit(const Inputs& x, const FitOptions& options) const;
    void check_batches(std::size_t rows, std::size_t batch) const;
    void require_compiled() const;
    static void require_batch(std::size_t batch_size);
    std::size_t output_steps() const;
    /// (rows, timesteps, width) where the model hands out sequences, else (rows, width).
    Shape outputs_of_width(std::size_t rows, std::size_t width) const;
    std::size_t target_width() const;
    /// Weights of the rows of `y` by their classes.
    std::vector<float> weights_of_classes(const Tensor& y, const std::map<int, double>& class_weight) const;

    /// Hands the rows of a batch out to the shards; calls work(shard, first row) on each from its own thread.
    void for_each_shard(std::size_t rows, bool training, function_ref<void(Shard&, std::size_t)> work);
    void reset_shard_metrics();
    void load_targets(Shard& shard, const Examples& examples, Samples samples) const;

    Evaluation evaluate(const Examples& examples, std::size_t batch_size);
    Evaluation train_epoch(const Examples& examples, const FitOptions& options, std::size_t epoch);
    double forward_and_backward(const Examples& examples, Samples samples, Totals& totals,
                                function_ref<void(const RowGroup&, std::size_t)> done);
    double train_step(const Examples& examples, Samples samples, Totals& totals, const StepPlace& place);
    [[noreturn]] void stop_at(const StepPlace& place, const std::string& what);
    double penalty();
    void update_parameters(const StepPlace& place);
    void sum_gradients();
    float largest_gradient();
    void change_gradients();
    void step();
    ParameterRange dense_part(std::size_t part, std::size_t parts) const;
    void sum_gradients(std::size_t part, std::size_t parts);
    void apply_gradients(std::size_t part, std::size_t parts);

    void measure_reach();
    bool can_step(float largest_gradient);
    void step_with_a_copy(const StepPlace& place);
    [[noreturn]] void refuse_gradients(const StepPlace& place);

    bool postpones_rows() const;
    template <class F>
    void for_each_table(std::size_t part, std::size_t parts, F&& f);
    void name_rows(std::size_t part, std::size_t parts);
    void prefetch_rows(const EmbeddingTable& table, std::size_t first) const;
    void make_up_rows(EmbeddingTable& table, std::size_t first, std::size_t last);
    void make_up_all_rows();
    void restart_rows();
    void sum_embedding_gradients(std::size_t part, std::size_t parts);
    float largest_embedding_gradient(std::size_t part, std::size_t parts);
    void apply_embedding_gradients(std::size_t part, std::size_t parts);
    void clear_embedding_gradients(std::size_t part, std::size_t parts);
    double mask_scale(std::size_t samples) const;
    Evaluation mean_of(const Totals& totals, std::size_t samples) const;
    void report(const FitOptions& options, Progress& progress, const Totals& totals,
                std::size_t samples) const;

    ExclusiveUse use_;
    plan::Model plan_;
    ModelOptions options_;
    ThreadPool pool_;
    aligned_buffer<float> parameters_, transposed_, gradients_;
    KeptStates states_;
    std::vector<Shard> shards_;
    std::size_t used_shards_ = 0;
    std::vector<std::vector<MetricTotal>> shard_metrics_;
    std::vector<double> shard_loss_;

    bool compiled_ = false;
    LossFunction loss_{Loss::mean_squared_error};
    std::vector<NamedMetric> metrics_;
    std::optional<OptimizerState> optimizer_;
    std::optional<Reach> reach_;      ///< of parameters and moments, also those of postponed updates
    std::vector<float> part_largest_; ///< of what each thread has measured
    std::vector<EmbeddingTable> tables_;
    std::uint64_t all_made_ = 0; ///< step of the optimizer up to which all rows of all tables are made
    GradientClipper clipper_;
    Regularizer regularizer_;
    NormConstraint constraint_;
    CallFunction call_;
    float gradient_scale_ = 1; ///< of the batch, for masked outputs
    std::atomic<bool> stop_training_ = false;
    bool is_fitting_ = false;
    std::uint64_t step_ = 0;
    std::uint64_t epochs_done_ = 0;
};

/// Calls f(inside of the model) for its public member `name`: on one thread at a time, and with nothing but
/// Error thrown by the library.
template <class F>
decltype(auto) Model::inside(const char* name, F&& f) const {
    Impl& impl = require_impl(name);
    const ExclusiveUse::Scope scope(impl.use(), name);
    impl.require_no_pass(name);
    return as_error(name, [&]() -> decltype(auto) { return f(impl); });
}

} // namespace timeloom
