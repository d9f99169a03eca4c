// Maximum likelihood for many series at once, eight searches at a time.
#pragma once

#include "timeloom/runtime/arima/arima_data.hpp"
#include "timeloom/runtime/arima/bfgs.hpp"
#include "timeloom/runtime/arima/kernel_table.hpp"

#include <span>
#include <vector>

namespace timeloom {

struct EstimationOptions {
    bool conditional = false;  ///< CSS instead of the exact likelihood
    std::size_t starts = 0;    ///< searches from the best starting points; 0: default_starts()
    std::vector<double> start; ///< one point of the parameter space to begin at instead
    BfgsOptions search{};
};

/// The best point that was found for one series.
struct Estimate {
    SearchStatus status = SearchStatus::not_finite;
    std::vector<double> point;        ///< in the parameter space
    std::vector<double> coefficients; ///< φ, Φ, θ, Θ
    std::vector<double>
        column_coefficients;     ///< estimates of missing values, then regressors; in the data's scale
    double objective = 0;        ///< LikelihoodTile's f for the scaled series
    double variance = 0;         ///< of the scaled series
    std::size_t evaluations = 0; ///< of all searches
};

/// The kernels' filter must serve `orders`. Every series has the same number of regressors. What is found for
/// a series does not depend on the others, but for rounding.
std::vector<Estimate> estimate(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                               std::span<const ArimaData* const> series, const EstimationOptions& options);

/// f and its gradient with respect to the coefficients φ, Φ, θ, Θ at given coefficients, one series in all
/// lanes.
struct PointValue {
    double objective = 0;
    double variance = 0;
    std::vector<double> gradient;
    std::vector<double> column_coefficients;
    std::vector<double> regressor_covariance; ///< given the rest, in units of the variance
    std::size_t observations = 0;             ///< that count: with CSS, without the first ones
};
std::vector<PointValue> evaluate(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                                 const ArimaData& series, std::span<const std::vector<double>> coefficients,
                                 bool conditional = false);

} // namespace timeloom
