// The regressors that order selection goes on with, and what they leave of the series.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// The columns of a table that are not constant, as a table of their own.
struct VaryingRegressors {
    std::vector<std::size_t> columns; ///< their numbers in the whole table
    std::vector<double> values;       ///< row by row

    Regressors all() const { return {values, columns.size()}; }
    /// The rows of the last observations only.
    Regressors last(std::size_t rows) const {
        return {std::span(values).last(rows * columns.size()), columns.size()};
    }
    std::vector<double> column(std::size_t k) const;
};

/// Throws Error as require_rows() does, and, naming the column, where one is a sum of a constant and of
/// others before it.
VaryingRegressors varying_regressors(std::span<const double> y, const Regressors& exog);

/// What the least-squares regression on a constant and the regressors leaves of y: zeros where that is no
/// more than the rounding of y, NaN where y is.
std::vector<double> regression_residuals(std::span<const double> y, const VaryingRegressors& exog);

} // namespace timeloom::detail
