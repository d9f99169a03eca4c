// What missing values contribute to a differenced series, and which of them it tells nothing of.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom::detail {

/// The differenced indicator of each missing value, a column of a few numbers: those of the difference
/// polynomial from the missing value on. Where columns depend on each other, as those of a season that is
/// never observed, only combinations of their values have an effect; the first of them then count as given.
class GapColumns {
  public:
    /// Places of the missing values in the series of `length` values, in order; delta = 1, δ₁, …
    GapColumns(std::vector<std::size_t> gaps, std::vector<double> delta, std::size_t length);

    /// True if the columns that come later explain this one.
    bool is_dependent(std::size_t gap) const { return dependent_[gap]; }
    std::size_t rank() const;

    /// Least-squares coefficients of the columns for -w, zero for dependent ones.
    std::vector<double> fills(std::span<const double> w) const;
    /// w += Σ z_k · column k
    void add(std::span<const double> z, std::span<double> w) const;
    /// What the columns leave of w.
    std::vector<double> residuals(std::span<const double> w) const;

  private:
    double product(std::size_t i, std::size_t j) const;
    void factorise();

    std::vector<std::size_t> gaps_;
    std::vector<double> delta_;
    std::size_t rows_; ///< of the differenced series
    std::vector<bool> dependent_;
    /// Cholesky's factor of the normal matrix with the last gap first, row by row from the first entry that
    /// is not zero.
    std::vector<std::vector<double>> factor_;
};

} // namespace timeloom::detail
