// The differencing that order selection begins with.
#pragma once

#include "timeloom/runtime/arima/auto_arima.hpp"

#include <optional>
#include <span>

namespace timeloom {

struct ChosenDifferences {
    int d = 0, D = 0;
    std::optional<double> constant = {}; ///< the differenced series, where it is this everywhere
};

/// By tests unless the options give them, at most those of `most`. Missing values are interpolated for tests
/// of seasonality. Throws Error for infinite values, and for fewer than three observations.
ChosenDifferences choose_differences(const dsl::arima_orders& most, std::span<const double> series,
                                     const AutoArimaOptions& options);

} // namespace timeloom
