#include "timeloom/runtime/monitor.hpp"

#include "timeloom/runtime/error.hpp"

#include <cmath>

namespace timeloom {

Monitor::Monitor(std::string owner, std::string name, MonitorMode mode, double min_delta)
    : owner_(std::move(owner)), name_(std::move(name)), min_delta_(std::abs(min_delta)) {
    if (!std::isfinite(min_delta)) {
        throw Error(owner_ + ": min_delta must be finite");
    }
    const bool is_accuracy = name_.find("accuracy") != std::string::npos;
    const bool is_error = name_.ends_with("loss") || name_.ends_with("error");
    if (mode == MonitorMode::automatic && !is_accuracy && !is_error) {
        throw Error(owner_ + ": cannot tell whether a larger or a smaller \"" + name_ +
                    "\" is better; set mode to max or min");
    }
    larger_is_better_ = mode == MonitorMode::max || (mode == MonitorMode::automatic && is_accuracy);
}

void Monitor::require_measured(const FitOptions& options) const {
    if (name_.starts_with("val_") && !options.validation_data) {
        throw Error(owner_ + " monitors \"" + name_ +
                    "\", but fit() was given no validation_data; pass some, or monitor \"" + name_.substr(4) +
                    "\"");
    }
}

bool Monitor::improves(double value, const std::optional<double>& best) const {
    if (!best) {
        return true;
    }
    return larger_is_better_ ? value - min_delta_ > *best : value + min_delta_ < *best;
}

} // namespace timeloom
