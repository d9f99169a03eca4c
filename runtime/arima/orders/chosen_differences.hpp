// The differencing that order selection begins with.
#pragma once

#include "timeloom/runtime/arima/data/varying_regressors.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"

#include <optional>
#include <span>

namespace timeloom::detail {

struct ChosenDifferences {
    int d = 0, D = 0, second_D = 0;
    std::optional<double> constant = {}; ///< the differenced series, where it is this everywhere
};

/// By tests unless the options give them, at most those of `most`. A second season comes first: the rest is
/// chosen on what its differences leave. Missing values are interpolated for tests
/// of seasonality. With regressors, tests are of what they leave of the series, and as in R a kind of
/// difference that would make one of them constant is taken once less; `constant` is not told then. Throws
/// Error for infinite values, and for fewer than three observations
/// that are not two equal ones.
ChosenDifferences choose_differences(const plan::ArimaOrders& most, std::span<const double> series,
                                     const VaryingRegressors& exog, const AutoArimaOptions& options);

} // namespace timeloom::detail
