// Callbacks that steer the training: early stopping and learning rates.
#include "timeloom/runtime/model/callbacks.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options)
    : options_(options), monitor_("EarlyStopping", options.monitor, options.mode, options.min_delta) {
    if (options.baseline && !std::isfinite(*options.baseline)) {
        throw Error("EarlyStopping: the baseline is " + std::to_string(*options.baseline) +
                    ", but it must be finite");
    }
}

void EarlyStopping::on_train_begin(Model& model, const FitOptions& options) {
    monitor_.require_measured(model, options);
    best_.reset();
    best_weights_.clear();
    wait_ = stopped_epoch_ = best_epoch_ = 0;
}

void EarlyStopping::on_epoch_end(Model& model, const EpochResult& result) {
    const std::optional<double> current = monitor_.value(result);
    if (!current || result.epoch <= options_.start_from_epoch) {
        return;
    }
    ++wait_;
    const bool improved = monitor_.improves(*current, best_);
    if (improved || best_epoch_ == 0) {
        best_epoch_ = result.epoch;
        if (options_.restore_best_weights) {
            best_weights_ = model.get_weights();
        }
    }
    if (improved) {
        best_ = current;
        if (monitor_.improves(*current, options_.baseline)) {
            wait_ = 0;
        }
    } else if (wait_ >= options_.patience && result.epoch > 1) {
        stopped_epoch_ = result.epoch;
        model.stop_training();
    }
}

void EarlyStopping::on_train_end(Model& model) {
    if (!best_weights_.empty()) {
        model.set_weights(best_weights_);
    }
}

LearningRateScheduler::LearningRateScheduler(Schedule schedule) : schedule_(std::move(schedule)) {
    if (!schedule_) {
        throw Error("LearningRateScheduler: the schedule is empty; give it a function of epoch and rate");
    }
}

void LearningRateScheduler::on_epoch_begin(Model& model, std::size_t epoch) {
    if (epoch == 0) {
        throw Error("LearningRateScheduler: epochs count from 1");
    }
    model.set_learning_rate(schedule_(epoch - 1, model.learning_rate()));
}

ReduceLROnPlateau::ReduceLROnPlateau(const ReduceLROnPlateauOptions& options)
    : options_(options), monitor_("ReduceLROnPlateau", options.monitor, options.mode, options.min_delta) {
    if (!(options.factor > 0 && options.factor < 1) ||
        !(std::isfinite(options.min_lr) && options.min_lr >= 0)) {
        throw Error("ReduceLROnPlateau: factor must lie between 0 and 1, and min_lr must be finite and not "
                    "negative");
    }
}

void ReduceLROnPlateau::on_train_begin(Model& model, const FitOptions& options) {
    monitor_.require_measured(model, options);
    model.set_learning_rate(
        model.learning_rate()); // throws now rather than epochs later where it cannot be set
    best_.reset();
    wait_ = cooldown_left_ = 0;
}

void ReduceLROnPlateau::on_epoch_end(Model& model, const EpochResult& result) {
    const std::optional<double> current = monitor_.value(result);
    if (!current) {
        return;
    }
    if (cooldown_left_ > 0) {
        --cooldown_left_;
        wait_ = 0;
    }
    if (monitor_.improves(*current, best_)) {
        best_ = current;
        wait_ = 0;
        return;
    }
    if (cooldown_left_ > 0 || ++wait_ < options_.patience) {
        return;
    }
    if (model.learning_rate() > options_.min_lr) {
        model.set_learning_rate(std::max(model.learning_rate() * options_.factor, options_.min_lr));
        cooldown_left_ = options_.cooldown;
        wait_ = 0;
    }
}

} // namespace timeloom
