// A series as estimation sees it: differenced, scaled, its missing values and regressors as columns.
#pragma once

#include "timeloom/runtime/arima/data/regressors.hpp"
#include "timeloom/runtime/plan/arima_names.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Throws Error unless the regressors have a row for each observation and are finite, and no observation is
/// infinite.
void require_rows(std::span<const double> y, const Regressors& exog);

/// w = differenced y in units of `scale`, its missing values filled in so that the squares of `detrended` are
/// least; `basis` is one of the differenced trend and regressors: each column orthogonal to those before it
/// and of mean square 1, so that sums of products lose no digits where regressors are all but constant
/// (seconds since 1970).
struct ArimaData {
    std::vector<double> w;
    std::vector<double> basis;     ///< (regressor, n)
    std::vector<double> delta;     ///< difference_polynomial()
    std::vector<std::size_t> gaps; ///< places in y of missing values that others do not explain
    std::size_t missing = 0;       ///< number of those
    std::size_t regressors = 0;
    double scale = 1;
    /// Row by row an upper triangular matrix R: regressor j = Σ_{i≤j} R_ij · (basis column i).
    std::vector<double> mixing;
    std::size_t leading = 0;            ///< missing values before the first observation, which are left out
    std::vector<double> fills;          ///< what stands in y for its missing values
    std::vector<bool> complete;         ///< whether w_t is made of observations only; empty if all are
    std::vector<std::size_t> estimated; ///< which of the missing values `gaps` are
    /// Changes of the missing values that have no effect on w, as of the level of a season that is never
    /// observed: nothing is known of them.
    std::vector<std::vector<double>> unseen;
    /// w is the sum of its columns but for the rounding of y: there is nothing to estimate.
    bool constant = false;

    /// What is estimated on: w less the regressors by least squares, and the coefficients taken out that way.
    std::vector<double> detrended;
    std::vector<double> offsets;

    std::size_t observations() const { return w.size() - missing; }
    /// The differenced indicator of missing value k of `gaps`.
    std::vector<double> missing_column(std::size_t k) const;
    /// Coefficients of the regressors in their own units, from those of the basis that estimation found for
    /// `detrended`.
    std::vector<double> regression(std::span<const double> column_coefficients) const;
    /// w less its regression, in the units of y.
    std::vector<double> less_regression(std::span<const double> coefficients) const;
    /// R⁻¹ x: coefficients of the regressors from those of the basis.
    std::vector<double> from_basis(std::vector<double> x) const;
    /// R x, the other way.
    std::vector<double> to_basis(std::span<const double> x) const;
};

/// Throws Error for infinite values, NaN among regressors, rows of regressors that do not match, a series too
/// short for `orders` (one that is constant once differenced may be as short as its regressors allow), and
/// regressors that depend on each other once differenced.
ArimaData prepare(std::span<const double> y, const Regressors& exog, const plan::ArimaOrders& orders,
                  plan::Trend trend);

/// The data of a series less its regression at given coefficients, without regressors.
ArimaData without_regression(ArimaData data, std::span<const double> coefficients);

/// True if the likelihood of `orders` can be told of data differenced as often: whether it has a state, and
/// more observations than the model parameters. prepare() asks for it unless the data are constant.
bool long_enough(const ArimaData& data, const plan::ArimaOrders& orders);
/// Throws Error unless long_enough().
void require_long_enough(const ArimaData& data, const plan::ArimaOrders& orders);

} // namespace timeloom::detail
