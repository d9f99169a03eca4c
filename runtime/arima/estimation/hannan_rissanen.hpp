// A first estimate of an ARMA model by two regressions (Hannan and Rissanen 1982).
#pragma once

#include "timeloom/runtime/plan/lag_filter.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Coefficients φ, Φ, θ, Θ, and the matrix that the concentrated log-likelihood curves by around them (X'X/σ²
/// of the regression). Both empty where the series is too short for it.
struct FirstEstimate {
    std::vector<double> coefficients;
    std::vector<double> information;
};

/// A long autoregression by Burg's method gives residuals; then w is regressed on its own lags, on theirs,
/// and on the regressors (columns as long as w, one after the other). Products of seasonal and other terms
/// are left out. What comes out need not be stationary.
FirstEstimate hannan_rissanen(std::span<const double> w, std::span<const double> regressors,
                              const plan::LagFilter& orders);

} // namespace timeloom::detail
