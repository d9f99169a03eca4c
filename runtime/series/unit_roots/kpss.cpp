// The test of Kwiatkowski, Phillips, Schmidt and Shin.
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace timeloom {

namespace {

// Kwiatkowski, Phillips, Schmidt, Shin (1992), Journal of Econometrics 54, table 1.
constexpr std::array<double, 4> levels{0.10, 0.05, 0.025, 0.01};
constexpr std::array<double, 4> critical_around_mean{0.347, 0.463, 0.574, 0.739};
constexpr std::array<double, 4> critical_around_trend{0.119, 0.146, 0.176, 0.216};

/// Residuals from the mean, or from the least-squares line.
std::vector<double> residuals(std::span<const double> series, bool trend) {
    const auto n = static_cast<double>(series.size());
    const double centre = detail::mean(series);
    const double middle = (n - 1.0) / 2.0;
    double slope = 0.0;
    if (trend) {
        for (std::size_t t = 0; t < series.size(); ++t)
            slope += (static_cast<double>(t) - middle) * (series[t] - centre);
        slope /= n * (n * n - 1.0) / 12.0;
    }
    std::vector<double> result;
    for (std::size_t t = 0; t < series.size(); ++t)
        result.push_back(series[t] - centre - slope * (static_cast<double>(t) - middle));
    return result;
}

/// sum(r_t r_{t-lag}).
double product_sum(std::span<const double> values, std::size_t lag) {
    double sum = 0.0;
    for (std::size_t t = lag; t < values.size(); ++t)
        sum += values[t] * values[t - lag];
    return sum;
}

/// Hobijn, Franses, Ooms (1998), "Generalizations of the KPSS-test for stationarity", Bartlett kernel:
/// 1.1447 (s1 / s0)^(2/3) n^(1/3) lags, with s0 and s1 from the first n^(2/9) autocovariances.
std::size_t automatic_lags(std::span<const double> residual) {
    const auto n = static_cast<double>(residual.size());
    const auto used = static_cast<std::size_t>(std::pow(n, 2.0 / 9.0));
    double s0 = product_sum(residual, 0) / n;
    double s1 = 0.0;
    for (std::size_t lag = 1; lag <= used; ++lag) {
        const double twice_covariance = product_sum(residual, lag) / (n / 2.0);
        s0 += twice_covariance;
        s1 += static_cast<double>(lag) * twice_covariance;
    }
    const double ratio = s1 / s0;
    const double lags = 1.1447 * std::cbrt(ratio * ratio) * std::cbrt(n);
    return lags < n - 1.0 ? static_cast<std::size_t>(lags) : residual.size() - 1;
}

std::size_t lags_of(std::span<const double> residual, const KpssOptions& options) {
    const std::size_t n = residual.size();
    if (options.fixed_nlags) {
        if (*options.fixed_nlags >= n)
            throw Error("kpss of " + std::to_string(n) + " values needs fewer than " + std::to_string(n) +
                        " lags, but got " + std::to_string(*options.fixed_nlags));
        return *options.fixed_nlags;
    }
    if (options.nlags == KpssLags::automatic)
        return automatic_lags(residual);
    const double rule = std::ceil(12.0 * std::pow(static_cast<double>(n) / 100.0, 0.25));
    return std::min(static_cast<std::size_t>(rule), n - 1);
}

/// Newey and West (1987): c_0 + 2 sum_k (1 - k / (lags + 1)) c_k.
double long_run_variance(std::span<const double> residual, std::size_t lags) {
    double sum = product_sum(residual, 0);
    for (std::size_t lag = 1; lag <= lags; ++lag)
        sum += 2.0 * (1.0 - static_cast<double>(lag) / static_cast<double>(lags + 1)) *
               product_sum(residual, lag);
    return sum / static_cast<double>(residual.size());
}

double interpolated_p_value(double statistic, const std::array<double, 4>& critical) {
    const auto above = static_cast<std::size_t>(
        std::upper_bound(critical.begin(), critical.end(), statistic) - critical.begin());
    if (above == 0 || above == critical.size())
        return above == 0 ? levels.front() : levels.back();
    const double share = (statistic - critical[above - 1]) / (critical[above] - critical[above - 1]);
    return levels[above - 1] + share * (levels[above] - levels[above - 1]);
}

} // namespace

KpssResult kpss(std::span<const double> series, const KpssOptions& options) try {
    detail::require_series("kpss", series, 2);
    const bool trend = options.regression == UnitRootRegression::ct;
    if (!trend && options.regression != UnitRootRegression::c)
        throw Error("kpss tests stationarity around a mean (regression c) or a trend (ct), nothing else");
    const std::vector<double> residual = residuals(detail::scaled(series).values, trend);
    // What is left of a constant or a line is rounding, on which no test is possible; the largest value lies
    // between 1 and 2.
    const double rounding = 1e-14;
    if (std::all_of(residual.begin(), residual.end(), [&](double r) { return std::abs(r) <= rounding; }))
        throw Error(std::string("kpss is undefined for a series that is exactly ") +
                    (trend ? "a straight line" : "constant"));
    const auto& critical = trend ? critical_around_trend : critical_around_mean;
    const auto n = static_cast<double>(series.size());
    double partial_sum = 0.0;
    double squares = 0.0;
    for (const double value : residual) {
        partial_sum += value;
        squares += partial_sum * partial_sum;
    }
    KpssResult result{};
    result.lags = lags_of(residual, options);
    result.statistic = squares / (n * n) / long_run_variance(residual, result.lags);
    result.p_value = interpolated_p_value(result.statistic, critical);
    result.p_value_is_bound = result.statistic <= critical.front() || result.statistic >= critical.back();
    result.critical_values = {critical[0], critical[1], critical[2], critical[3]};
    return result;
} catch (...) {
    detail::rethrow_as_error("kpss");
}

} // namespace timeloom
