// The filter of Hodrick and Prescott.
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"

#include <cmath>
#include <string>

namespace timeloom {

namespace {

/// A symmetric matrix with two bands below its diagonal, entry t in row t.
struct Pentadiagonal {
    std::vector<double> diagonal, first, second;
};

/// I / lambda + D D', where D takes second differences, each of its rows (1, -2, 1).
Pentadiagonal penalised_squares(std::size_t rows, double lambda) {
    return {std::vector<double>(rows, 6.0 + 1.0 / lambda), std::vector<double>(rows, -4.0),
            std::vector<double>(rows, 1.0)};
}

/// Turns A into the factors of A = L diag(d) L', L with ones on its diagonal.
void factor(Pentadiagonal& a) {
    auto& [d, first, second] = a;
    for (std::size_t t = 1; t < d.size(); ++t) {
        if (t >= 2) {
            first[t] -= second[t] * first[t - 1];
            d[t] -= second[t] * second[t] / d[t - 2];
            second[t] /= d[t - 2];
        }
        d[t] -= first[t] * first[t] / d[t - 1];
        first[t] /= d[t - 1];
    }
}

/// Solves L diag(d) L' x = b in place.
void solve(const Pentadiagonal& factors, std::vector<double>& x) {
    const auto& [d, first, second] = factors;
    const std::size_t n = x.size();
    for (std::size_t t = 1; t < n; ++t)
        x[t] -= first[t] * x[t - 1] + (t >= 2 ? second[t] * x[t - 2] : 0.0);
    for (std::size_t t = n; t-- > 0;) {
        x[t] /= d[t];
        if (t + 1 < n)
            x[t] -= first[t + 1] * x[t + 1];
        if (t + 2 < n)
            x[t] -= second[t + 2] * x[t + 2];
    }
}

} // namespace

HpFilterResult hp_filter(std::span<const double> values, double lambda) try {
    detail::require_series("hp_filter", values, 3);
    if (!(lambda > 0.0) || std::isinf(lambda))
        throw Error("hp_filter needs a positive, finite lambda, but got " + std::to_string(lambda));
    // (I + lambda D'D)^-1 y = y - D' (I / lambda + D D')^-1 D y. The right-hand side keeps a line in y as it
    // is, where the left-hand side would round it off by a share of 1e-16 lambda.
    const detail::ScaledSeries scaled = detail::scaled(values);
    const std::vector<double>& series = scaled.values;
    const std::size_t rows = series.size() - 2;
    std::vector<double> w(rows);
    for (std::size_t t = 0; t < rows; ++t)
        w[t] = series[t] - 2.0 * series[t + 1] + series[t + 2];
    Pentadiagonal matrix = penalised_squares(rows, lambda);
    factor(matrix);
    solve(matrix, w);
    HpFilterResult result{std::vector<double>(series.size(), 0.0), {}};
    for (std::size_t t = 0; t < rows; ++t) {
        result.cycle[t] += w[t];
        result.cycle[t + 1] -= 2.0 * w[t];
        result.cycle[t + 2] += w[t];
    }
    for (std::size_t t = 0; t < series.size(); ++t)
        result.trend.push_back(series[t] - result.cycle[t]);
    scaled.back("hp_filter", result.cycle);
    scaled.back("hp_filter", result.trend);
    return result;
} catch (...) {
    detail::rethrow_as_error("hp_filter");
}

double hp_lambda(std::size_t period) {
    if (period == 0)
        throw Error("hp_lambda needs a period of at least 1 value a year, but got 0");
    return 1600.0 * std::pow(static_cast<double>(period) / 4.0, 4.0);
}

} // namespace timeloom
