// Linear least squares for the small regressions behind the tests of this folder.
#pragma once

#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// Regression of y on the columns of X, factored once as X = Q R by Householder reflections. The regression
/// on only the first `count` columns comes from the same factors, so that nested lag orders cost one
/// factorisation.
class LeastSquares {
  public:
    /// Each column has the length of y, which is at least the number of columns.
    LeastSquares(std::vector<std::vector<double>> columns, std::vector<double> y);

    std::size_t rows() const { return y_.size(); }
    std::size_t columns() const { return columns_.size(); }

    /// False if one of the first `count` columns depends, within rounding, on those before it: nothing below
    /// may then be asked for.
    bool full_rank(std::size_t count) const;
    std::vector<double> coefficients(std::size_t count) const;
    /// Sum of squared residuals.
    double ssr(std::size_t count) const;
    /// Square root of the diagonal of ssr / (rows - count) (X'X)^-1.
    double standard_error(std::size_t column, std::size_t count) const;
    /// Coefficient over standard error.
    double t_value(std::size_t column, std::size_t count) const;

  private:
    std::vector<std::vector<double>> columns_; ///< R, in the first rows
    std::vector<double> y_;                    ///< Q'y
    std::vector<bool> independent_;
};

} // namespace timeloom::detail
