// What ArimaResults keeps; shared by the files that implement it.
#pragma once

#include "timeloom/runtime/arima/arima_results.hpp"
#include "timeloom/runtime/arima/innovations.hpp"

#include <cmath>

namespace timeloom {

struct ArimaResults::Impl {
    const LagFilterKernels* kernels;
    dsl::arima_orders orders;
    dsl::trend_kind trend;
    std::vector<double> y;
    std::vector<double> exog;
    std::size_t exog_columns;
    ArimaFit fit;
    ArimaMethod method;
    CovarianceType cov_type;

    ArimaData data;
    std::vector<double> params;       ///< with sigma2
    std::vector<double> coefficients; ///< φ, Φ, θ, Θ
    std::vector<double> covariance;   ///< in the order of params; empty where there is none
    std::vector<double> resid;
    std::vector<double> resid_variances; ///< in units of sigma2

    double sigma() const { return fit.sigma > 0 ? fit.sigma : std::sqrt(fit.sigma2); }
    std::size_t regressors() const { return data.regressors; }
    Regressors regressors_of_sample() const { return {exog, exog_columns}; }
    /// w less its regressors, in the units of y, with columns for missing values.
    ArmaSeries arma_series() const;
    /// Σ coefficient · regressor after differencing, at the differenced times of `rows` observations.
    std::vector<double> differenced_regression(std::span<const double> all_exog, std::size_t rows) const;
    void find_covariance();
};

} // namespace timeloom
