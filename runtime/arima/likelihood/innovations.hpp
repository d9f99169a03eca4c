// One-step prediction errors of an ARMA process with missing values, exact from the first observation on.
#pragma once

#include "timeloom/runtime/arima/lanes/presample.hpp"
#include "timeloom/runtime/arima/likelihood/long_presample.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// A differenced series less its regressors, with zeros where values are missing, and one column for each
/// missing value: what the series gains for each unit of it.
struct ArmaSeries {
    std::vector<double> w;
    std::vector<std::vector<double>> missing_columns;
};

/// The unknowns z are the presample v (see presample.hpp) and the missing values. Rows of the least-squares
/// problem for z are taken one observation at a time (recursive least squares), which gives the prediction
/// error of each given all before it. Variances are in units of the innovations' variance.
struct Innovations {
    std::vector<double>
        errors; ///< w_t less its prediction; NaN where the observation only tells a missing value
    std::vector<double> variances; ///< of the errors; 1 once the start is forgotten
    std::vector<double> residuals; ///< ε given all observations
    std::vector<double> filled;    ///< w with its missing values estimated
    std::vector<double> forecast;  ///< of w after its end
    std::vector<double> psi;       ///< ψ-weights: the effect of an innovation after 0, 1, … steps
    std::vector<double> unknowns;  ///< estimate of z
    std::vector<double> unknown_covariance;
    /// Effect of each unknown on the missing observations (unknown, missing), and on the forecasts (unknown,
    /// horizon). Where one row told two missing values, only combinations of them are unknowns of their own.
    std::vector<std::vector<double>> unknown_missing;
    std::vector<std::vector<double>> unknown_forecast;
    /// The state after a series with a long presample and nothing missing; it stands for all but the errors.
    std::optional<KnownState> state;
};

/// `coefficients` in the order φ, Φ, θ, Θ. Where a presample longer than `longest_dense` is all that is not
/// known the errors are left out unless wanted, and the state if the horizon is 0.
Innovations innovations(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                        const std::vector<double>& coefficients, const ArmaSeries& series,
                        std::size_t horizon, bool errors_wanted = true,
                        int longest_dense = longest_dense_presample);

/// Expanded φ(B) Φ(B^s) or θ(B) Θ(B^s) with the leading 1 and signs as in the polynomial.
std::vector<double> expanded_polynomial(const plan::LagFilter& orders,
                                        const std::vector<double>& coefficients, bool moving_average);

} // namespace timeloom::detail
