#include "timeloom/runtime/arima/data/varying_regressors.hpp"

#include "timeloom/runtime/arima/data/trend_columns.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/orthogonal_basis.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

using detail::greatest_size;

/// Adds what the basis leaves of the column; false where that is rounding.
bool extend(detail::OrthogonalBasis& basis, std::vector<double> column) {
    constexpr double rounding = 4 * std::numeric_limits<double>::epsilon();
    const double magnitude = greatest_size(column);
    basis.project_out(column);
    const double size = detail::root_mean_square(column);
    if (!(size > rounding * magnitude)) {
        return false;
    }
    for (double& x : column) {
        x /= size;
    }
    basis.add(std::move(column));
    return true;
}

/// A basis of a constant.
detail::OrthogonalBasis ones(std::size_t rows) {
    detail::OrthogonalBasis basis;
    basis.add(std::vector<double>(rows, 1.0));
    return basis;
}

} // namespace

std::vector<double> VaryingRegressors::column(std::size_t k) const {
    std::vector<double> result;
    for (std::size_t i = k; i < values.size(); i += columns.size()) {
        result.push_back(values[i]);
    }
    return result;
}

VaryingRegressors varying_regressors(std::span<const double> y, const Regressors& exog) {
    require_rows(y, exog);
    const std::vector<std::string> names = regressor_names(plan::Trend::n, exog.columns);
    const VaryingRegressors whole{{std::vector<std::size_t>(exog.columns)},
                                  {exog.values.begin(), exog.values.end()}};
    VaryingRegressors kept;
    detail::OrthogonalBasis basis = ones(y.size());
    for (std::size_t k = 0; k < exog.columns; ++k) {
        const std::vector<double> column = whole.column(k);
        if (is_constant(column)) {
            continue;
        }
        if (!extend(basis, column)) {
            throw Error("the regressors of auto-ARIMA are linearly dependent: " + names[k] +
                        " is a sum of others and a constant; leave it out");
        }
        kept.columns.push_back(k);
    }
    for (std::size_t t = 0; t < y.size() && !kept.columns.empty(); ++t) {
        for (const std::size_t k : kept.columns) {
            kept.values.push_back(exog.values[t * exog.columns + k]);
        }
    }
    return kept;
}

std::vector<double> regression_residuals(std::span<const double> y, const VaryingRegressors& exog) {
    std::vector<std::size_t> observed;
    for (std::size_t t = 0; t < y.size(); ++t) {
        if (!std::isnan(y[t])) {
            observed.push_back(t);
        }
    }
    const auto there = [&](std::span<const double> all) {
        std::vector<double> values;
        for (const std::size_t t : observed) {
            values.push_back(all[t]);
        }
        return values;
    };
    detail::OrthogonalBasis basis = ones(observed.size());
    for (std::size_t k = 0; k < exog.columns.size(); ++k) {
        extend(basis, there(exog.column(k))); // one that depends on others there explains nothing more
    }
    std::vector<double> rest = there(y);
    const double magnitude = greatest_size(rest);
    basis.project_out(rest);
    const bool is_rounding = greatest_size(rest) <= 1e-13 * magnitude;
    std::vector<double> residuals(y.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < observed.size(); ++i) {
        residuals[observed[i]] = is_rounding ? 0.0 : rest[i];
    }
    return residuals;
}

} // namespace timeloom::detail
