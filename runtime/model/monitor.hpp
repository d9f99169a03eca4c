// The number that a callback watches from epoch to epoch.
#pragma once

#include "timeloom/runtime/model/model.hpp"

#include <optional>
#include <string>

namespace timeloom {

/// Whether a monitored value is better smaller or larger. `automatic` knows losses, errors and accuracies.
enum class MonitorMode { automatic, min, max };

/// A value of EpochResult by its name, and what counts as its improvement: as in Keras, more than min_delta.
class Monitor {
  public:
    /// `owner` is the callback's name, for errors. Throws Error where `automatic` does not know the name.
    Monitor(std::string owner, std::string name, MonitorMode mode, double min_delta);

    /// Throws Error for a value of the validation when fit() was given no data for one, and for a metric that
    /// compile() did not name.
    void require_measured(const Model& model, const FitOptions& options) const;
    /// Empty in an epoch without validation; throws Error where no such metric is measured.
    std::optional<double> value(const EpochResult& result) const { return result.value(name_); }
    /// Any value improves on none, but NaN on nothing.
    bool improves(double value, const std::optional<double>& best) const;

  private:
    std::string owner_, name_;
    bool larger_is_better_ = false;
    double min_delta_;
};

} // namespace timeloom
