// Square roots of covariance matrices.
#pragma once

#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// A small dense matrix, row by row.
using Rows = std::vector<std::vector<double>>;

/// L with L Lᵀ = C, a covariance matrix of n rows that is semidefinite but for rounding.
Rows square_root(const std::vector<double>& c, std::size_t n);

/// Turns the columns of a matrix by reflections, so that only the first of them, as many as there are rows,
/// are not zero, and drops the others: the same products of rows with each other.
void turn_columns(Rows& rows);

} // namespace timeloom::detail
