// One judge for all contenders: the exact Gaussian likelihood by a plain Kalman filter.
#pragma once

#include "arima_workloads.hpp"

#include <span>

namespace timeloom::bench {

/// Log-likelihood of the differences w at coefficients (ar, ma, seasonal ar, seasonal ma, mean), the variance
/// at its best for them; -infinity where the autoregression is not stationary or a coefficient is not finite.
double exact_loglike(const ArimaCase& c, std::span<const double> w, std::span<const double> coefficients);

} // namespace timeloom::bench
