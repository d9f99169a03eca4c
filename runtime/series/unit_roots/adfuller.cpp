// The augmented Dickey-Fuller test.
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/least_squares.hpp"
#include "timeloom/runtime/series/unit_roots/mackinnon.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace timeloom {

namespace {

/// 1, t, t^2 as far as asked for. Time runs from -1/2 to 1/2, which spans the same space as 1, 2, ... without
/// its large numbers and leaves gamma's t statistic as it is.
std::vector<std::vector<double>> deterministic_columns(UnitRootRegression regression, std::size_t rows) {
    std::vector<std::vector<double>> columns(static_cast<std::size_t>(regression), std::vector<double>(rows));
    for (std::size_t t = 0; t < rows; ++t) {
        const double time = (static_cast<double>(t) + 0.5) / static_cast<double>(rows) - 0.5;
        double power = 1.0;
        for (std::vector<double>& column : columns) {
            column[t] = power;
            power *= time;
        }
    }
    return columns;
}

/// The regression with `lag` lags on the rows that `dropped` lags leave.
detail::LeastSquares regress(std::span<const double> series, UnitRootRegression regression, std::size_t lag,
                             std::size_t dropped) {
    std::vector<double> difference;
    for (std::size_t t = 1; t < series.size(); ++t)
        difference.push_back(series[t] - series[t - 1]);
    const auto changes = std::span<const double>(difference);
    const std::size_t rows = changes.size() - dropped;
    auto columns = deterministic_columns(regression, rows);
    const auto level = series.subspan(dropped, rows);
    columns.emplace_back(level.begin(), level.end());
    for (std::size_t i = 1; i <= lag; ++i) {
        const auto lagged = changes.subspan(dropped - i, rows);
        columns.emplace_back(lagged.begin(), lagged.end());
    }
    const auto y = changes.subspan(dropped);
    return {std::move(columns), {y.begin(), y.end()}};
}

/// statsmodels' bound, n / 2 - terms, or less where that leaves the regression no residual: it has
/// terms + lag columns and n - 1 - lag rows.
std::size_t maxlag_of(std::span<const double> series, const AdfOptions& options) {
    const std::size_t terms = static_cast<std::size_t>(options.regression) + 1;
    const std::size_t half = series.size() / 2;
    if (half < terms || series.size() < terms + 2)
        throw Error("adfuller with this regression needs more than the " + std::to_string(series.size()) +
                    " values of the series");
    const std::size_t most = std::min(half - terms, (series.size() - terms - 2) / 2);
    if (options.maxlag && *options.maxlag > most)
        throw Error("adfuller of " + std::to_string(series.size()) + " values allows a maxlag of at most " +
                    std::to_string(most) + ", but got " + std::to_string(*options.maxlag));
    const double rule = std::ceil(12.0 * std::pow(static_cast<double>(series.size()) / 100.0, 0.25));
    return options.maxlag.value_or(std::min(most, static_cast<std::size_t>(rule)));
}

void require_full_rank(const detail::LeastSquares& fit) {
    if (!fit.full_rank(fit.columns()) || fit.rows() <= fit.columns())
        throw Error(
            "adfuller: the regression has no unique solution, because the series is too regular or too "
            "short; use a smaller maxlag or a regression with fewer terms");
}

/// The lag whose regression, on the rows of the longest, has the least AIC or BIC.
std::pair<std::size_t, double> best_lag(const detail::LeastSquares& longest, std::size_t maxlag,
                                        AutoLag autolag) {
    const auto rows = static_cast<double>(longest.rows());
    const double penalty = autolag == AutoLag::aic ? 2.0 : std::log(rows);
    std::pair<std::size_t, double> best{0, std::numeric_limits<double>::infinity()};
    for (std::size_t lag = 0; lag <= maxlag; ++lag) {
        const std::size_t terms = longest.columns() - maxlag + lag;
        const double log_variance = std::log(longest.ssr(terms) / rows);
        const double criterion = rows * (std::log(2.0 * std::numbers::pi) + log_variance + 1.0) +
                                 penalty * static_cast<double>(terms);
        if (criterion < best.second)
            best = {lag, criterion};
    }
    return best;
}

} // namespace

AdfResult adfuller(std::span<const double> values, const AdfOptions& options) try {
    detail::require_series("adfuller", values, 4);
    detail::require_varying("adfuller", values);
    const detail::ScaledSeries scaled = detail::scaled(values);
    const std::vector<double>& series = scaled.values;
    std::size_t lag = maxlag_of(series, options);
    AdfResult result{};
    if (options.autolag != AutoLag::none) {
        const auto longest = regress(series, options.regression, lag, lag);
        require_full_rank(longest);
        double criterion = 0.0;
        std::tie(lag, criterion) = best_lag(longest, lag, options.autolag);
        // In the units of the series, whose variance is 4^exponent times that of the scaled one.
        result.best_criterion =
            criterion + static_cast<double>(longest.rows()) * 2.0 * std::numbers::ln2 * scaled.exponent;
    }
    const auto fit = regress(series, options.regression, lag, lag);
    require_full_rank(fit);
    result.statistic = fit.t_value(static_cast<std::size_t>(options.regression), fit.columns());
    result.p_value = detail::mackinnon_p_value(result.statistic, options.regression);
    result.used_lag = lag;
    result.nobs = fit.rows();
    const auto critical = detail::mackinnon_critical_values(options.regression, fit.rows());
    result.critical_values = {critical[0], critical[1], critical[2]};
    return result;
} catch (...) {
    detail::rethrow_as_error("adfuller");
}

} // namespace timeloom
