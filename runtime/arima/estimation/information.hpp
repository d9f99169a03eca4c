// Covariances of the estimates.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <vector>

namespace timeloom::detail {

/// Covariance matrix of (regressors' coefficients, φ, Φ, θ, Θ, σ²), in the units of the series; empty where
/// the likelihood does not curve downwards in all directions, as on the boundary of the parameters.
struct Information {
    std::vector<double> covariance;
    std::size_t size = 0;
    /// A Newton step from the coefficients to the maximum, which is close.
    std::vector<double> newton_step;
};

/// By the Hessian of -log L, from fourth-order differences of the exact gradient of the concentrated
/// likelihood. The regressors and σ² are put back by the blocks of the inverse: their conditional variances,
/// plus the share that comes through the coefficients.
Information observed_information(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                                 const ArimaData& data, const std::vector<double>& coefficients,
                                 bool conditional);

/// By the outer products of the scores of the observations, from differences of their log-likelihoods
/// (statsmodels' "opg"). Empty where the coefficients have no neighbours on one side: a root on the unit
/// circle.
Information outer_product_of_gradients(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
                                       const ArimaData& data, const std::vector<double>& regression,
                                       const std::vector<double>& coefficients, double sigma);

} // namespace timeloom::detail
