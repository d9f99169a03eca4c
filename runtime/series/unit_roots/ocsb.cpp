// The seasonal unit-root test of Osborn, Chui, Smith and Birchenhall.
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/least_squares.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace timeloom {

namespace {

using Columns = std::vector<std::vector<double>>;

/// Values at the times from `first` on, moved back by `lag`. `offset` is the time of values[0].
std::vector<double> lagged(std::span<const double> values, std::size_t offset, std::size_t first,
                           std::size_t lag) {
    const auto rest = values.subspan(first - lag - offset);
    return {rest.begin(), rest.end() - static_cast<std::ptrdiff_t>(lag)};
}

/// lambda(B) x with lambda(B) = 1 - sum(a_i B^i); the first a.size() values have no predecessors and are
/// dropped.
std::vector<double> filtered(std::span<const double> values, std::span<const double> a) {
    std::vector<double> result;
    for (std::size_t t = a.size(); t < values.size(); ++t) {
        double value = values[t];
        for (std::size_t i = 0; i < a.size(); ++i)
            value -= a[i] * values[t - 1 - i];
        result.push_back(value);
    }
    return result;
}

detail::LeastSquares solvable(Columns columns, std::vector<double> y) {
    const bool enough_rows = y.size() > columns.size();
    if (enough_rows) {
        detail::LeastSquares fit(std::move(columns), std::move(y));
        if (fit.full_rank(fit.columns()))
            return fit;
    }
    throw Error(
        "ocsb_test: the regression has no unique solution, because the series is too short or too regular; "
        "use the test of seasonal strength");
}

/// The test's regression of order `lag`, on rows that an order of `most_lags` leaves.
detail::LeastSquares regress(std::span<const double> series, std::size_t period, std::size_t lag,
                             std::size_t most_lags) {
    if (series.size() <= period + 1 + most_lags)
        throw Error("ocsb_test needs more than the " + std::to_string(series.size()) +
                    " values of the series with period " + std::to_string(period));
    const std::vector<double> seasonal = diff(series, period); // from time `period` on
    const std::vector<double> regular = diff(series);          // from time 1 on
    const std::vector<double> both = diff(seasonal);           // from time `period` + 1 on
    const std::size_t start = period + 1;
    const std::size_t first = start + most_lags;

    Columns own_lags;
    for (std::size_t i = 1; i <= lag; ++i)
        own_lags.push_back(lagged(both, start, first, i));
    const std::vector<double> y = lagged(both, start, first, 0);
    const std::vector<double> a = solvable(own_lags, y).coefficients(lag);

    Columns columns = std::move(own_lags);
    columns.push_back(lagged(filtered(seasonal, a), period + lag, first, 1));
    columns.push_back(lagged(filtered(regular, a), 1 + lag, first, period));
    return solvable(std::move(columns), y);
}

/// A regression without residuals has the least AIC of all, as in R, where of several such ones rounding
/// chooses one; here it is the longest.
std::size_t chosen_order(std::span<const double> series, std::size_t period) {
    constexpr std::size_t most = 3;
    std::size_t best = 1;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t lag = 1; lag <= most; ++lag) {
        double aic = -std::numeric_limits<double>::infinity();
        if (series.size() > period + 1 + most + lag + 2 || series.size() <= period + 1 + most) {
            const auto fit = regress(series, period, lag, most);
            const auto rows = static_cast<double>(fit.rows());
            aic = rows * std::log(fit.ssr(fit.columns()) / rows) + 2.0 * static_cast<double>(fit.columns());
        }
        if (aic < least || std::isinf(aic)) {
            best = lag;
            least = aic;
        }
    }
    return best - 1; // R's rule
}

/// At 5 percent: a smooth function of the period, fitted to simulated values for R's package forecast.
double critical_value(std::size_t period) {
    const double x = std::log(static_cast<double>(period)) - 0.7656451;
    return -0.2937411 * std::exp(-0.2850853 * x - 0.05983644 * x * x) - 1.652202;
}

} // namespace

OcsbResult ocsb_test(std::span<const double> values, std::size_t period) try {
    detail::require_series("ocsb_test", values, 1);
    detail::require_periods("ocsb_test", values, period);
    const std::vector<double> series = detail::scaled(values).values;
    OcsbResult result{};
    result.lag_order = chosen_order(series, period);
    const auto fit = regress(series, period, result.lag_order, result.lag_order);
    result.statistic = fit.t_value(fit.columns() - 1, fit.columns());
    result.critical_value = critical_value(period);
    result.has_unit_root = result.statistic > result.critical_value;
    return result;
} catch (...) {
    detail::rethrow_as_error("ocsb_test");
}

} // namespace timeloom
