// Order and names of parameters: statsmodels' (trend, regressors, ar, ma, seasonal ar, seasonal ma) and the
// kernels' (φ, Φ, θ, Θ).
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

std::vector<std::string> parameter_names(const plan::ArimaOrders& orders, plan::Trend trend,
                                         std::size_t exog_columns);

// ARMA coefficients only.
std::vector<double> to_statsmodels_order(const plan::LagFilter& filter, std::span<const double> coefficients);
std::vector<double> to_kernel_order(const plan::LagFilter& filter, std::span<const double> params);
/// Place of each of the kernels' coefficients among statsmodels'.
std::vector<std::size_t> statsmodels_places(const plan::LagFilter& filter);

} // namespace timeloom::detail
