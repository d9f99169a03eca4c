// One-step prediction errors of an ARMA process without missing values, in time linear in its degrees.
#pragma once

#include "timeloom/runtime/arima/polynomials/sparse_polynomial.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Errors, and their variances in units of the innovations'. `phi` and `theta` are the expanded polynomials.
struct PredictionErrors {
    std::vector<double> errors, variances;
};

/// By Chandrasekhar's recursions (Morf, Sidhu and Kailath 1974): the covariance of what is not known of the
/// state changes by a product of one vector from an observation to the next. Variances of NaN where rounding
/// has taken all digits.
PredictionErrors prediction_errors(const std::vector<double>& phi, const std::vector<double>& theta,
                                   std::span<const double> w);

} // namespace timeloom::detail
