#include "timeloom/runtime/arima/data/regressor_basis.hpp"

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/orthogonal_basis.hpp"

#include <cmath>
#include <limits>

namespace timeloom::detail {

RegressorBasis regressor_basis(std::vector<RegressorColumn> regressors, const plan::ArimaOrders& orders) {
    const std::size_t k = regressors.size();
    std::vector<double> mixing(k * k);
    detail::OrthogonalBasis basis;
    // Differences double the rounding of a column that is a sum of others.
    const double rounding = std::ldexp(4 * std::numeric_limits<double>::epsilon(), orders.differences());
    for (std::size_t j = 0; j < k; ++j) {
        std::vector<double>& v = regressors[j].differenced;
        const std::vector<double> projections = basis.project_out(v);
        const double size = detail::root_mean_square(v);
        if (!(size > rounding * regressors[j].magnitude)) {
            throw Error("the regressors of " + name_of(orders) +
                        " are linearly dependent once they are differenced: " + regressors[j].name +
                        " is constant, or a sum of others; leave it out");
        }
        for (std::size_t i = 0; i < j; ++i) {
            mixing[i * k + j] = projections[i];
        }
        mixing[j * k + j] = size;
        for (double& x : v) {
            x /= size;
        }
        basis.add(std::move(v));
    }
    return {basis.take_vectors(), std::move(mixing)};
}

} // namespace timeloom::detail
