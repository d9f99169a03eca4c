// The trend's regressors, and names of regressors.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <string>
#include <vector>

namespace timeloom::detail {

/// Columns of the trend over `rows` observations, of which the first is number `first` (statsmodels counts
/// from 1). differenced_mean has none here: it is a constant after differencing.
std::vector<std::vector<double>> trend_columns(plan::Trend trend, std::size_t first, std::size_t rows);

/// statsmodels' names of the trend's and the regressors' coefficients: const, drift, x1, …
std::vector<std::string> regressor_names(plan::Trend trend, std::size_t exog_columns);

} // namespace timeloom::detail
