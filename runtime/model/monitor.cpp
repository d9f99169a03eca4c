#include "timeloom/runtime/model/monitor.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace timeloom {

namespace {

bool holds_any(const std::string& name, std::initializer_list<const char*> words) {
    return std::ranges::any_of(words, [&](const char* w) { return name.find(w) != std::string::npos; });
}

bool is_better_larger(const std::string& name) {
    return holds_any(name, {"acc", "auc", "AUC", "precision", "recall"});
}

bool is_better_smaller(const std::string& name) {
    return holds_any(name, {"loss", "error", "mse", "mae", "mape", "msle", "MSE", "MAE", "MAPE", "MSLE"});
}

} // namespace

Monitor::Monitor(std::string owner, std::string name, MonitorMode mode, double min_delta)
    : owner_(std::move(owner)), name_(std::move(name)), min_delta_(std::abs(min_delta)) {
    if (!std::isfinite(min_delta)) {
        throw Error(owner_ + ": min_delta must be finite");
    }
    const bool is_accuracy = is_better_larger(name_);
    if (mode == MonitorMode::automatic && !is_accuracy && !is_better_smaller(name_)) {
        throw Error(owner_ + ": cannot tell whether a larger or a smaller \"" + name_ +
                    "\" is better; set mode to max or min");
    }
    larger_is_better_ = mode == MonitorMode::max || (mode == MonitorMode::automatic && is_accuracy);
}

void Monitor::require_measured(const Model& model, const FitOptions& options) const {
    std::string names;
    bool is_measured = false;
    for (const std::string& name : model.metric_names()) {
        names += (names.empty() ? "" : ", ") + name + ", val_" + name;
        is_measured = is_measured || name == name_ || "val_" + name == name_;
    }
    if (!is_measured) {
        throw Error(owner_ + " monitors \"" + name_ + "\", which is not measured; there are " + names);
    }
    if (name_.starts_with("val_") && !options.validation_data) {
        throw Error(owner_ + " monitors \"" + name_ +
                    "\", but fit() was given no validation_data; pass some, or monitor \"" + name_.substr(4) +
                    "\"");
    }
}

bool Monitor::improves(double value, const std::optional<double>& best) const {
    if (std::isnan(value) || !best) {
        return !std::isnan(value);
    }
    return larger_is_better_ ? value - min_delta_ > *best : value + min_delta_ < *best;
}

} // namespace timeloom
