// The training loop.
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/cells/transposed_matrices.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/model/model_impl.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace timeloom {

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

} // namespace

History Model::Impl::fit(Model& model, const Inputs& x, const Tensor& y, const FitOptions& options) {
    require_compiled();
    if (is_fitting_) {
        throw Error("fit() was called within fit(), by a callback; call it after fit() has returned");
    }
    require_training_kernels();
    Examples examples = checked_examples(x, y, options.sample_weight);
    check_fit(x, options);
    std::vector<float> class_weights;
    if (!options.class_weight.empty()) {
        class_weights = weights_of_classes(y, options.class_weight);
        examples.weights = class_weights;
        examples.weights_per_sample = class_weights.size() / x.rows();
    }
    std::optional<Examples> validation;
    if (options.validation_data) {
        const ValidationData& data = *options.validation_data;
        validation.emplace(checked_examples(data.x(), data.y(), data.sample_weight()));
    }
    struct Fitting {
        explicit Fitting(bool& is_fitting) : is_fitting_(is_fitting) { is_fitting_ = true; }
        ~Fitting() { is_fitting_ = false; }
        bool& is_fitting_;
    } const fitting(is_fitting_);
    stop_training_ = false;
    for_each_callback(options, [&](Callback& callback) { callback.on_train_begin(model, options); });
    History history;
    for (std::size_t done = options.initial_epoch; done < options.epochs && !stop_training_; ++done) {
        const std::size_t epoch = done + 1;
        for_each_callback(options, [&](Callback& callback) { callback.on_epoch_begin(model, epoch); });
        const Clock::time_point start = Clock::now();
        EpochResult& result = history.emplace_back();
        result.epoch = epoch;
        try {
            result.training = train_epoch(examples, options, epoch);
        } catch (...) { // from the loss, or from `progress`
            make_up_all_rows();
            throw;
        }
        result.seconds = seconds_since(start);
        result.learning_rate = optimizer_->learning_rate();
        if (validation && epoch % options.validation_freq == 0) {
            result.validation = evaluate(*validation, options.batch_size);
        }
        for_each_callback(options, [&](Callback& callback) { callback.on_epoch_end(model, result); });
        if (options.progress) {
            const Progress progress = end_of_epoch(result, options.epochs, seconds_since(start));
            users_own([&] { options.progress(progress); });
        }
    }
    for_each_callback(options, [&](Callback& callback) { callback.on_train_end(model); });
    return history;
}

Evaluation Model::Impl::train_epoch(const Examples& examples, const FitOptions& options, std::size_t epoch) {
    const std::size_t samples = examples.x.rows();
    std::vector<std::size_t> order(samples);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (options.shuffle) {
        order = Random(options_.seed, random_stream(RandomPurpose::shuffling, 0, epochs_done_))
                    .permutation(samples);
    }
    const std::size_t full = samples / options.batch_size;
    const std::size_t remainder = options.drop_remainder ? 0 : samples % options.batch_size;
    const std::size_t steps = full + (remainder > 0 ? 1 : 0);

    // Measured anew, so that a training resumed here makes the same steps.
    reach_.reset();
    Totals totals{0, std::vector<MetricTotal>(metrics_.size())};
    Progress progress;
    progress.epoch = epoch;
    progress.epochs = options.epochs;
    progress.steps = steps;
    const Clock::time_point start = Clock::now();
    std::size_t seen = 0;
    for (std::size_t step = 0; step < steps; ++step) {
        const std::size_t rows = step < full ? options.batch_size : remainder;
        const double loss =
            train_step(examples, Samples(order).subspan(seen, rows), totals, {epoch, step + 1});
        totals.loss += loss * static_cast<double>(rows);
        seen += rows;
        if (options.progress) {
            progress.step = step + 1;
            progress.seconds = seconds_since(start);
            progress.seconds_left =
                progress.seconds / static_cast<double>(step + 1) * static_cast<double>(steps - step - 1);
            report(options, progress, totals, seen);
        }
    }
    make_up_all_rows();
    ++epochs_done_;
    return mean_of(totals, seen);
}

void Model::Impl::report(const FitOptions& options, Progress& progress, const Totals& totals,
                         std::size_t samples) const {
    const Evaluation so_far = mean_of(totals, samples);
    progress.loss = so_far.loss;
    progress.metrics = so_far.metrics;
    users_own([&] { options.progress(progress); });
}

/// Returns the batch's mean loss. Its gradients stay with the shards, and are still to be scaled. Threads
/// call done(group, first row) after each group of rows.
double Model::Impl::forward_and_backward(const Examples& examples, Samples samples, Totals& totals,
                                         function_ref<void(const RowGroup&, std::size_t)> done) {
    pack_transposed(plan_, parameters_.data(), transposed_.data());
    shard_loss_.assign(shards_.size(), 0);
    reset_shard_metrics();
    const StepContext step{true, options_.seed, step_, 0, &states_};
    const auto load = [&](Shard& shard, std::size_t first) {
        const Samples mine = samples.subspan(first, static_cast<std::size_t>(shard.rows()));
        shard.load(examples.x, mine);
        load_targets(shard, examples, mine);
    };
    const auto learn = [&](Shard& shard, std::size_t first) {
        const auto i = static_cast<std::size_t>(&shard - shards_.data());
        StepContext context = step;
        context.first_row = static_cast<int>(first);
        shard_loss_[i] = shard.learn(
            context, {loss_, samples.size() * output_steps(), metrics_}, shard_metrics_[i],
            [&](const RowGroup& group, int row) { done(group, first + static_cast<std::size_t>(row)); });
    };
    states_.begin_batch(samples.size());
    if (postpones_rows()) {
        for_each_shard(samples.size(), true, load);
        pool_.run(pool_.threads(), [&](std::size_t part) { name_rows(part, pool_.threads()); });
        for_each_shard(samples.size(), true, learn);
    } else {
        for_each_shard(samples.size(), true, [&](Shard& shard, std::size_t first) {
            load(shard, first);
            learn(shard, first);
        });
    }
    const double scale = mask_scale(samples.size());
    gradient_scale_ = static_cast<float>(scale);
    double loss = 0;
    for (std::size_t i = 0; i < used_shards_; ++i) {
        loss += scale * shard_loss_[i];
        for (std::size_t m = 0; m < metrics_.size(); ++m) {
            totals.metrics[m] += shard_metrics_[i][m];
        }
    }
    return loss;
}

/// Forward and backward on every shard, then one update of all parameters. Returns the batch's mean loss with
/// the penalties. Throws Error where the loss, a gradient or what the update makes is not finite; then
/// parameters, optimizer and states are as they were before.
double Model::Impl::train_step(const Examples& examples, Samples samples, Totals& totals,
                               const StepPlace& place) {
    states_.remember();
    try {
        const double loss =
            forward_and_backward(examples, samples, totals, [](const RowGroup&, std::size_t) {}) + penalty();
        if (!std::isfinite(loss)) {
            stop_at(place, "the loss");
        }
        update_parameters(place);
        ++step_;
        return loss;
    } catch (...) {
        clear_embedding_gradients(0, 1);
        states_.put_back();
        throw;
    }
}

void Model::Impl::stop_at(const StepPlace& place, const std::string& what) {
    throw Error(what + " is not finite in epoch " + std::to_string(place.epoch) + ", step " +
                std::to_string(place.step) +
                "; training stopped with the parameters of the step before: use a " +
                "smaller learning rate, or scale the data");
}

} // namespace timeloom
