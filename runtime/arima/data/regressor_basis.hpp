// An orthogonal basis of a model's regressors.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <string>
#include <vector>

namespace timeloom::detail {

/// A regressor of a model before and after it is differenced.
struct RegressorColumn {
    std::string name;
    double magnitude; ///< of its values before differencing
    std::vector<double> differenced;
};

/// Gram and Schmidt's basis of the columns, each of mean square 1, and row by row the upper triangular matrix
/// R that makes them of it: regressor j = Σ_{i≤j} R_ij · (basis column i).
struct RegressorBasis {
    std::vector<std::vector<double>> columns;
    std::vector<double> mixing;
};

/// Throws Error, naming the column, where one depends on those before it but for rounding.
RegressorBasis regressor_basis(std::vector<RegressorColumn> regressors, const plan::ArimaOrders& orders);

} // namespace timeloom::detail
