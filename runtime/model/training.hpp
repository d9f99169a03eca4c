// The training loop: epochs of steps, each a pass over a batch and an update of the parameters.
#pragma once

#include "timeloom/runtime/learning/checkpoint.hpp"
#include "timeloom/runtime/learning/parameter_update.hpp"
#include "timeloom/runtime/model/fit_ranks.hpp"
#include "timeloom/runtime/model/model.hpp"

#include <atomic>
#include <optional>

namespace timeloom::detail {

class Training {
  public:
    /// All must outlive this. `ranks`: the processes that train together; null: this one is alone.
    Training(BatchPass& batch, ParameterUpdate& update, const Measures& measures, std::uint64_t seed,
             Communicator* ranks)
        : batch_(batch), update_(update), measures_(measures), ranks_(ranks), counters_{seed} {}

    /// `model` is the one that trains, for the callbacks. Nothing is checked any more.
    History fit(Model& model, const Examples& examples, const std::optional<Examples>& validation,
                const FitOptions& options);
    /// From any thread or callback: no more epochs.
    void stop() { is_stopped_ = true; }
    bool is_fitting() const { return is_fitting_; }

    const TrainingCounters& counters() const { return counters_; }
    void set_counters(const TrainingCounters& counters) { counters_ = counters; }

  private:
    /// Throw Error where ranks have not the same data and options, or the same parameters.
    void meet_with_data(const Examples& examples, const std::optional<Examples>& validation,
                        const FitOptions& options);
    void meet_with_parameters(const std::string& place);
    std::optional<Evaluation> validate(const std::optional<Examples>& validation, const FitOptions& options,
                                       std::size_t epoch);
    Evaluation train_epoch(const Examples& examples, const FitOptions& options, std::size_t epoch);
    double train_step(const Examples& examples, Samples samples, Totals& totals, const StepPlace& place);

    BatchPass& batch_;
    ParameterUpdate& update_;
    const Measures& measures_;
    FitRanks ranks_;
    TrainingCounters counters_;
    std::atomic<bool> is_stopped_ = false;
    bool is_fitting_ = false;
};

} // namespace timeloom::detail
