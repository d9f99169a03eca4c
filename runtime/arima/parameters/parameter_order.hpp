// Order and names of parameters: statsmodels' (trend, regressors, ar, ma, seasonal ar, seasonal ma) and the
// kernels' (φ, Φ, θ, Θ).
#pragma once

#include "timeloom/dsl/arima/arima.hpp"

#include <span>
#include <string>
#include <vector>

namespace timeloom {

std::vector<std::string> parameter_names(const dsl::arima_orders& orders, dsl::trend_kind trend,
                                         std::size_t exog_columns);

// ARMA coefficients only.
std::vector<double> to_statsmodels_order(const dsl::lag_filter& filter, std::span<const double> coefficients);
std::vector<double> to_kernel_order(const dsl::lag_filter& filter, std::span<const double> params);
/// Place of each of the kernels' coefficients among statsmodels'.
std::vector<std::size_t> statsmodels_places(const dsl::lag_filter& filter);

} // namespace timeloom
