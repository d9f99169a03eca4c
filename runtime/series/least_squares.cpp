// Linear least squares for the small regressions behind the tests of this folder.
#include "timeloom/runtime/series/least_squares.hpp"

#include "timeloom/runtime/linear_algebra/reflection.hpp"

#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace timeloom::detail {

LeastSquares::LeastSquares(std::vector<std::vector<double>> columns, std::vector<double> y)
    : columns_(std::move(columns)), y_(std::move(y)), independent_(columns_.size()) {
    const double rounding = static_cast<double>(rows()) * std::numeric_limits<double>::epsilon();
    std::vector<double> sizes;
    for (const std::vector<double>& column : columns_)
        sizes.push_back(std::sqrt(dot(column, column)));
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        const std::span<double> rest = std::span(columns_[j]).subspan(j);
        const double norm = std::sqrt(dot(rest, rest));
        independent_[j] = norm > rounding * sizes[j];
        if (!independent_[j])
            continue;
        const Reflection reflection(rest);
        for (std::size_t k = j + 1; k < columns_.size(); ++k)
            reflection.apply(std::span(columns_[k]).subspan(j));
        reflection.apply(std::span(y_).subspan(j));
        rest[0] = reflection.diagonal();
    }
}

bool LeastSquares::full_rank(std::size_t count) const {
    for (std::size_t j = 0; j < count; ++j)
        if (!independent_[j])
            return false;
    return true;
}

std::vector<double> LeastSquares::coefficients(std::size_t count) const {
    std::vector<double> solution(y_.begin(), y_.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t j = count; j-- > 0;) {
        solution[j] /= columns_[j][j];
        for (std::size_t i = 0; i < j; ++i)
            solution[i] -= columns_[j][i] * solution[j];
    }
    return solution;
}

double LeastSquares::ssr(std::size_t count) const {
    const auto rest = std::span(y_).subspan(count);
    return dot(rest, rest);
}

double LeastSquares::standard_error(std::size_t column, std::size_t count) const {
    // (X'X)^-1 = (R'R)^-1, whose diagonal holds the squared lengths of the solutions u of R'u = e_column.
    std::vector<double> u(count, 0.0);
    for (std::size_t j = column; j < count; ++j) {
        double value = j == column ? 1.0 : 0.0;
        for (std::size_t i = column; i < j; ++i)
            value -= columns_[j][i] * u[i];
        u[j] = value / columns_[j][j];
    }
    return std::sqrt(ssr(count) / static_cast<double>(rows() - count) * dot(u, u));
}

double LeastSquares::t_value(std::size_t column, std::size_t count) const {
    return coefficients(count)[column] / standard_error(column, count);
}

} // namespace timeloom::detail
