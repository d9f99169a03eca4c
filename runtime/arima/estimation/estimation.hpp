// Maximum likelihood for many series at once, eight searches at a time.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/estimation/model_search.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Estimates in the order of the jobs, all over kernels that serve them. `conditional`: CSS instead of the
/// exact likelihood.
std::vector<Estimate> estimate(const plan::LagFilterKernels& kernels, std::span<const EstimationJob> jobs,
                               bool conditional = false);

/// How much is searched where the maximum is to be found: in eight lanes, until
/// no other maximum is to be expected.
SearchPlan thorough_plan(const plan::LagFilter& orders);

/// How much is searched for each of many series.
SearchPlan brisk_plan(const plan::LagFilter& orders);

/// f and its gradient with respect to the coefficients φ, Φ, θ, Θ at given coefficients, one series in all
/// lanes.
struct PointValue {
    double objective = 0;
    double variance = 0;
    double log_determinant = 0; ///< of the observations' covariance over the variance
    std::vector<double> gradient;
    std::vector<double> column_coefficients;  ///< of the regressors' basis
    std::vector<double> regressor_covariance; ///< given the rest, in units of the variance
    std::size_t observations = 0;             ///< that count: with CSS, without the first ones
};
std::vector<PointValue> evaluate(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                                 const ArimaData& series, std::span<const std::vector<double>> coefficients,
                                 bool conditional = false);

/// What given coefficients and regression make of the missing values of `series.gaps`: what is added to their
/// fills, in the units of the series.
std::vector<double> missing_values(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                                   const std::vector<double>& coefficients, const ArimaData& series,
                                   std::span<const double> regression);

/// Newton's method in the coefficients, which makes an estimate's last digits right. It stays among models
/// that are stationary and invertible. A search that stopped early, or where the gradient still promised
/// something, is gone on with.
void polish(const plan::LagFilterKernels& kernels, const EstimationJob& job, Estimate& best,
            bool conditional);

} // namespace timeloom::detail
