#include "timeloom/runtime/arima/regressor_basis.hpp"

#include "timeloom/runtime/arima/arima_data.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timeloom {

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

} // namespace

double greatest_size(std::span<const double> values) {
    double largest = 0;
    for (const double x : values) {
        largest = std::max(largest, std::abs(x));
    }
    return largest;
}

double root_mean_square(std::span<const double> values) {
    const double largest = greatest_size(values);
    if (largest == 0) {
        return 0;
    }
    double sum = 0;
    for (const double x : values) {
        sum += (x / largest) * (x / largest);
    }
    return largest * std::sqrt(sum / static_cast<double>(values.size()));
}

/// Twice, because what the first time leaves of a large projection is rounded to its size.
std::vector<double> project_out(const std::vector<std::vector<double>>& basis, std::vector<double>& v) {
    std::vector<double> coefficients(basis.size());
    for (int pass = 0; pass < 2; ++pass) {
        for (std::size_t j = 0; j < basis.size(); ++j) {
            const double c = dot(basis[j], v) / dot(basis[j], basis[j]);
            coefficients[j] += c;
            for (std::size_t t = 0; t < v.size(); ++t) {
                v[t] -= c * basis[j][t];
            }
        }
    }
    return coefficients;
}

RegressorBasis regressor_basis(std::vector<RegressorColumn> regressors, const dsl::arima_orders& orders) {
    const std::size_t k = regressors.size();
    RegressorBasis basis{{}, std::vector<double>(k * k)};
    // Differences double the rounding of a column that is a sum of others.
    const double rounding = std::ldexp(4 * std::numeric_limits<double>::epsilon(), orders.differences());
    for (std::size_t j = 0; j < k; ++j) {
        std::vector<double>& v = regressors[j].differenced;
        const std::vector<double> projections = project_out(basis.columns, v);
        const double size = root_mean_square(v);
        if (!(size > rounding * regressors[j].magnitude)) {
            throw Error("the regressors of " + name_of(orders) +
                        " are linearly dependent once they are differenced: " + regressors[j].name +
                        " is constant, or a sum of others; leave it out");
        }
        for (std::size_t i = 0; i < j; ++i) {
            basis.mixing[i * k + j] = projections[i];
        }
        basis.mixing[j * k + j] = size;
        for (double& x : v) {
            x /= size;
        }
        basis.columns.push_back(std::move(v));
    }
    return basis;
}

} // namespace timeloom
