// The inside of Model: its plan and parameters, and who passes batches, updates, trains and checks.
#pragma once

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/exclusive_use.hpp"
#include "timeloom/runtime/learning/parameter_update.hpp"
#include "timeloom/runtime/model/example_checks.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/model/training.hpp"

#include <filesystem>

namespace timeloom {

/// What Model's members do, once it is known that nobody else is inside.
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

    void save_weights(const std::filesystem::path& path, WeightNames names = WeightNames::timeloom) const;
    void load_weights(const std::filesystem::path& path);
    void save_checkpoint(const std::filesystem::path& path) const;
    void load_checkpoint(const std::filesystem::path& path);

    const plan::Model& plan() const { return plan_; }
    /// With all postponed updates made; so is the optimizer. Whoever changes them must keep them finite.
    std::span<float> parameters();
    std::span<const float> parameters() const;
    OptimizerState& optimizer();
    double learning_rate() const;
    void set_learning_rate(double learning_rate);
    void set_call(CallFunction call);
    bool has_call() const { return batch_.has_call(); }
    std::size_t rank() const { return ranks_ == nullptr ? 0 : ranks_->rank(); }
    void stop_training() { training_.stop(); }
    std::size_t epochs_trained() const { return static_cast<std::size_t>(training_.counters().epochs); }
    std::vector<std::string> metric_names() const;
    /// One thread at a time may be inside; throws Error for another, and within a pass.
    detail::ExclusiveUse& use() { return use_; }
    void require_no_pass(const char* member) const;
    void reset_states() { batch_.states().reset(); }

  private:
    void require_compiled() const;
    /// Throws Error where the kernels are only those that predict and evaluate.
    void require_training_kernels() const;
    void check_fit(const Inputs& x, const FitOptions& options) const;
    void check_batches(std::size_t rows, std::size_t batch) const;
    detail::Examples checked_examples(const Inputs& x, const Tensor& y, const Tensor& sample_weight);
    detail::ExampleChecks checks() { return {plan_, batch_, measures_.loss.kind}; }
    detail::TrainingParts training_parts();

    detail::ExclusiveUse use_;
    Communicator* ranks_; ///< null: this process is alone
    plan::Model plan_;
    detail::aligned_buffer<float> parameters_;
    detail::BatchPass batch_;
    detail::ParameterUpdate update_;
    detail::Measures measures_;
    detail::Training training_;
};

/// Calls f(inside of the model) for its public member `name`: on one thread at a time, and with nothing but
/// Error thrown by the library.
template <class F>
decltype(auto) Model::inside(const char* name, F&& f) const {
    Impl& impl = require_impl(name);
    const detail::ExclusiveUse::Scope scope(impl.use(), name);
    impl.require_no_pass(name);
    return as_error(name, [&]() -> decltype(auto) { return f(impl); });
}

} // namespace timeloom
