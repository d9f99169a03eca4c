#include "timeloom/runtime/arima/estimation/hannan_rissanen.hpp"

#include "timeloom/runtime/arima/estimation/burg.hpp"
#include "timeloom/runtime/arima/polynomials/small_matrix.hpp"
#include "timeloom/runtime/linear_algebra/vectors.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

/// Least squares of y on the columns; of the first `terms` of them the coefficients and, given the others,
/// the information.
FirstEstimate regression(const std::vector<const double*>& columns, const double* y, std::size_t rows,
                         std::size_t terms) {
    const auto dot = [](const double* a, const double* b, std::size_t count) {
        return detail::dot_in_parts({a, count}, {b, count});
    };
    const std::size_t k = columns.size();
    std::vector<double> products(k * k), right(k);
    for (std::size_t i = 0; i < k; ++i) {
        right[i] = dot(columns[i], y, rows);
        for (std::size_t j = 0; j <= i; ++j) {
            products[i * k + j] = products[j * k + i] = dot(columns[i], columns[j], rows);
        }
    }
    const std::vector<double> inverse = inverse_of_positive_definite(products, k);
    if (inverse.empty()) {
        return {};
    }
    std::vector<double> solution(k);
    double squares = dot(y, y, rows);
    for (std::size_t i = 0; i < k; ++i) {
        solution[i] = dot(inverse.data() + i * k, right.data(), k);
        squares -= solution[i] * right[i];
    }
    squares = std::max(squares, 1e-12 * dot(y, y, rows)); // below, it would be rounding
    FirstEstimate estimate;
    if (k == terms) {
        estimate.information = std::move(products);
    } else {
        std::vector<double> block(terms * terms);
        for (std::size_t i = 0; i < terms; ++i) {
            std::copy_n(inverse.begin() + static_cast<std::ptrdiff_t>(i * k), terms,
                        block.begin() + static_cast<std::ptrdiff_t>(i * terms));
        }
        estimate.information = inverse_of_positive_definite(block, terms);
    }
    for (double& x : estimate.information) {
        x *= static_cast<double>(rows) / squares;
    }
    solution.resize(terms);
    estimate.coefficients = std::move(solution);
    return estimate;
}

} // namespace

FirstEstimate hannan_rissanen(std::span<const double> w, std::span<const double> regressors,
                              const plan::LagFilter& f) {
    const auto terms = static_cast<std::size_t>(f.parameters());
    const auto reach = static_cast<std::size_t>(plan::reach(f));
    std::vector<double> e;
    std::size_t first = reach;
    if (f.has_ma()) {
        const auto by_length = static_cast<std::size_t>(6 * std::log10(static_cast<double>(w.size()) + 1));
        const std::size_t m = std::max(by_length, reach + 2);
        if (w.size() < 4 * m) {
            return {};
        }
        e.assign(w.begin(), w.end());
        burg(e, static_cast<int>(m));
        first = m + reach;
    }
    const std::size_t k = terms + regressors.size() / w.size();
    if (w.size() < first + 2 * k + 2) {
        return {};
    }
    std::vector<const double*> columns;
    for (const plan::LagFactor& factor : plan::factors(f)) {
        const double* of = (factor.moving_average ? e.data() : w.data()) + first;
        for (int j = 1; j <= factor.terms; ++j) {
            columns.push_back(of - j * factor.lag);
        }
    }
    for (std::size_t i = terms; i < k; ++i) {
        columns.push_back(regressors.data() + (i - terms) * w.size() + first);
    }
    return regression(columns, w.data() + first, w.size() - first, terms);
}

} // namespace timeloom::detail
