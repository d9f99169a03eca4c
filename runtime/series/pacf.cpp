// Partial autocorrelations of a series.
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/levinson.hpp"
#include "timeloom/runtime/series/acf.hpp"
#include "timeloom/runtime/series/autocovariance.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/least_squares.hpp"

#include <cmath>
#include <string>

namespace timeloom {

namespace {

/// The last coefficient of each order's autoregression, from the autocovariances (Durbin 1960). Where the
/// shorter regression already predicts without error, nothing is left to explain.
std::vector<double> levinson_durbin(std::span<const double> autocovariances) {
    std::vector<double> partial =
        detail::durbin_levinson(autocovariances, 0.0, [](double kappa) { return kappa; });
    partial.insert(partial.begin(), 1.0);
    return partial;
}

std::vector<double> by_regressions(std::span<const double> series, std::size_t nlags) {
    std::vector<double> partial{1.0};
    for (std::size_t order = 1; order <= nlags; ++order) {
        const std::size_t rows = series.size() - order;
        std::vector<std::vector<double>> columns{std::vector<double>(rows, 1.0)};
        for (std::size_t lag = 1; lag <= order; ++lag) {
            const auto lagged = series.subspan(order - lag, rows);
            columns.emplace_back(lagged.begin(), lagged.end());
        }
        const auto y = series.subspan(order);
        const detail::LeastSquares fit(std::move(columns), {y.begin(), y.end()});
        if (!fit.full_rank(order + 1))
            throw Error(
                "pacf: the lags up to " + std::to_string(order) +
                " are collinear, so that regressions on them have no unique solution; ask for fewer " +
                "lags or use PacfMethod::ywm");
        partial.push_back(fit.coefficients(order + 1).back());
    }
    return partial;
}

/// Each order's coefficient makes the squares of forward and backward prediction errors least (Burg 1968).
std::vector<double> by_burg(std::span<const double> series, std::size_t nlags) {
    const double centre = detail::mean(series);
    std::vector<double> forward;
    for (const double value : series)
        forward.push_back(value - centre);
    std::vector<double> backward = forward;
    std::vector<double> partial{1.0};
    for (std::size_t order = 1; order <= nlags; ++order) {
        double products = 0.0;
        double squares = 0.0;
        for (std::size_t t = order; t < series.size(); ++t) {
            products += forward[t] * backward[t - 1];
            squares += forward[t] * forward[t] + backward[t - 1] * backward[t - 1];
        }
        const double k = squares == 0.0 ? 0.0 : 2.0 * products / squares;
        // From the end, because each step needs backward[t - 1] of the order before.
        for (std::size_t t = series.size() - 1; t >= order; --t) {
            const double f = forward[t];
            forward[t] = f - k * backward[t - 1];
            backward[t] = backward[t - 1] - k * f;
        }
        partial.push_back(k);
    }
    return partial;
}

std::vector<double> estimate(std::span<const double> series, std::size_t nlags, PacfMethod method) {
    switch (method) {
    case PacfMethod::ywadjusted:
    case PacfMethod::ld:
        return levinson_durbin(detail::autocovariance(series, nlags, true));
    case PacfMethod::ywm:
        return levinson_durbin(detail::autocovariance(series, nlags, false));
    case PacfMethod::ols:
        return by_regressions(series, nlags);
    case PacfMethod::burg:
        return by_burg(series, nlags);
    }
    throw Error("pacf: unknown method");
}

} // namespace

Correlogram pacf(std::span<const double> series, std::optional<std::size_t> nlags, PacfMethod method,
                 double alpha) try {
    detail::require_series("pacf", series, 4);
    detail::require_varying("pacf", series);
    const std::size_t last = detail::lags_or_default("pacf", series.size(), nlags, series.size() / 2 - 1);
    const double half_width = detail::two_sided_z(alpha) / std::sqrt(static_cast<double>(series.size()));
    Correlogram result;
    result.values = estimate(detail::scaled(series).values, last, method);
    for (std::size_t lag = 0; lag <= last; ++lag) {
        const double width = lag == 0 ? 0.0 : half_width;
        result.lower.push_back(result.values[lag] - width);
        result.upper.push_back(result.values[lag] + width);
    }
    return result;
} catch (...) {
    detail::rethrow_as_error("pacf");
}

} // namespace timeloom
