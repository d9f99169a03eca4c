#include "timeloom/runtime/model/training.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/model/evaluation.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <chrono>
#include <cmath>

namespace timeloom::detail {

namespace {

using Clock = std::chrono::steady_clock;

Progress end_of_epoch(const EpochResult& result, std::size_t epochs, double seconds) {
    Progress p;
    p.kind = Progress::Kind::epoch_end;
    p.epoch = result.epoch;
    p.epochs = epochs;
    p.loss = result.training.loss;
    p.metrics = result.training.metrics;
    if (result.validation) {
        p.metrics.emplace_back("val_loss", result.validation->loss);
        for (const auto& [name, value] : result.validation->metrics) {
            p.metrics.emplace_back("val_" + name, value);
        }
    }
    p.seconds = seconds;
    p.seconds_left = seconds * static_cast<double>(epochs - result.epoch);
    return p;
}

/// Calls f(callback) for each of the user's.
template <class F>
void for_each_callback(const FitOptions& options, F&& f) {
    for (Callback* const callback : options.callbacks) {
        users_own([&] { f(*callback); });
    }
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Sets a flag while it lives.
class Flag {
  public:
    explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
    ~Flag() { flag_ = false; }
    Flag(const Flag&) = delete;
    Flag& operator=(const Flag&) = delete;

  private:
    bool& flag_;
};

} // namespace

History Training::fit(Model& model, const Examples& examples, const std::optional<Examples>& validation,
                      const FitOptions& options) {
    const Flag fitting(is_fitting_);
    is_stopped_ = false;
    ranks_.begin();
    ranks_.run([&] {
        for_each_callback(options, [&](Callback& callback) { callback.on_train_begin(model, options); });
    });
    meet_with_data(examples, validation, options);
    History history;
    for (std::size_t done = options.initial_epoch; done < options.epochs && !is_stopped_; ++done) {
        const std::size_t epoch = done + 1;
        const std::string name = "epoch " + std::to_string(epoch);
        ranks_.run([&] {
            for_each_callback(options, [&](Callback& callback) { callback.on_epoch_begin(model, epoch); });
        });
        meet_with_parameters("the beginning of " + name);
        const Clock::time_point start = Clock::now();
        EpochResult& result = history.emplace_back();
        result.epoch = epoch;
        try {
            result.training = train_epoch(examples, options, epoch);
        } catch (...) { // from the loss, or from `progress`
            update_.make_up_all_rows();
            throw;
        }
        result.seconds = seconds_since(start);
        result.learning_rate = update_.optimizer().learning_rate();
        result.validation = validate(validation, options, epoch);
        ranks_.run([&] {
            for_each_callback(options, [&](Callback& callback) { callback.on_epoch_end(model, result); });
        });
        ranks_.run_on_first([&] {
            if (options.progress) {
                const Progress progress = end_of_epoch(result, options.epochs, seconds_since(start));
                users_own([&] { options.progress(progress); });
            }
        });
        is_stopped_ = ranks_.meet_or_stop("the end of " + name, is_stopped_);
    }
    ranks_.run(
        [&] { for_each_callback(options, [&](Callback& callback) { callback.on_train_end(model); }); });
    meet_with_parameters("the end of fit()");
    return history;
}

void Training::meet_with_data(const Examples& examples, const std::optional<Examples>& validation,
                              const FitOptions& options) {
    if (!ranks_.are_several()) {
        return;
    }
    Fingerprint data;
    data.add(examples);
    if (validation) {
        data.add(*validation);
    }
    data.add(options);
    data.add(measures_);
    ranks_.meet(
        "the beginning of fit()", data,
        "other data or options of fit() than rank 0; all ranks must load the same data, and shuffle or draw "
        "them with the same seed");
}

void Training::meet_with_parameters(const std::string& place) {
    if (!ranks_.are_several()) {
        return;
    }
    Fingerprint state;
    update_.make_up_all_rows();
    state.add(counters_);
    state.add(update_.parameters());
    state.add(std::span<const float>(update_.optimizer().moments()));
    state.add(update_.optimizer().steps());
    ranks_.meet(
        place, state,
        "other weights, moments or counters than rank 0; give all ranks the same seed, build, checkpoint and "
        "callbacks");
}

std::optional<Evaluation> Training::validate(const std::optional<Examples>& validation,
                                             const FitOptions& options, std::size_t epoch) {
    if (!validation || epoch % options.validation_freq != 0) {
        return std::nullopt;
    }
    const std::optional<Sharing> sharing = ranks_.sharing("the validation of epoch " + std::to_string(epoch));
    Evaluation result =
        evaluate_all(batch_, *validation, measures_, options.batch_size, sharing ? &*sharing : nullptr);
    result.loss += update_.penalty();
    return result;
}

Evaluation Training::train_epoch(const Examples& examples, const FitOptions& options, std::size_t epoch) {
    const std::size_t samples = examples.x.rows();
    std::vector<std::size_t> order = in_order(samples);
    if (options.shuffle) {
        const auto stream = random_stream(RandomPurpose::shuffling, 0, counters_.epochs);
        order = Random(counters_.seed, stream).permutation(samples);
    }
    const std::size_t full = samples / options.batch_size;
    const std::size_t remainder = options.drop_remainder ? 0 : samples % options.batch_size;

    // Measured anew, so that a training resumed here makes the same steps.
    update_.forget_bound();
    Totals totals(measures_);
    Progress progress;
    progress.epoch = epoch;
    progress.epochs = options.epochs;
    progress.steps = full + (remainder > 0 ? 1 : 0);
    const Clock::time_point start = Clock::now();
    std::size_t seen = 0;
    for (std::size_t step = 0; step < progress.steps; ++step) {
        const std::size_t rows = step < full ? options.batch_size : remainder;
        const double loss =
            train_step(examples, Samples(order).subspan(seen, rows), totals, {epoch, step + 1});
        totals.loss += loss * static_cast<double>(rows);
        seen += rows;
        if (options.progress) {
            progress.step = step + 1;
            progress.seconds = seconds_since(start);
            progress.seconds_left = progress.seconds / static_cast<double>(step + 1) *
                                    static_cast<double>(progress.steps - step - 1);
            const Evaluation so_far = mean_of(totals, measures_, seen);
            progress.loss = so_far.loss;
            progress.metrics = so_far.metrics;
            ranks_.run_on_first([&] { users_own([&] { options.progress(progress); }); });
        }
    }
    update_.make_up_all_rows();
    ++counters_.epochs;
    return mean_of(totals, measures_, seen);
}

/// Forward and backward on every shard, then one update of all parameters. Returns the batch's mean loss with
/// the penalties. Throws Error where the loss, a gradient or what the update makes is not finite; then
/// parameters, optimizer and states are as they were before.
double Training::train_step(const Examples& examples, Samples samples, Totals& totals,
                            const StepPlace& place) {
    std::function<void()> name_rows;
    if (update_.postpones_rows()) {
        name_rows = [this] { update_.name_rows(); };
    }
    batch_.states().remember();
    try {
        const std::optional<Sharing> sharing = ranks_.sharing_of_step(place);
        const double loss =
            batch_.learn(examples, samples, measures_, {counters_.seed, counters_.steps}, totals, name_rows,
                         sharing ? &*sharing : nullptr, [](const RowGroup&, std::size_t) {}) +
            update_.penalty();
        if (!std::isfinite(loss)) {
            stop_at(place, "the loss");
        }
        update_.update(place, sharing ? &sharing->ranks : nullptr);
        ++counters_.steps;
        return loss;
    } catch (...) {
        update_.clear_embedding_gradients();
        batch_.states().put_back();
        throw;
    }
}

} // namespace timeloom::detail
