// Classical seasonal decomposition by moving averages.
#include "timeloom/runtime/series/decomposition/seasonal_decompose.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace timeloom {

namespace {

/// Where the moving average has all its values: the trend's entries [first, end).
struct Known {
    std::size_t first, end;
};

/// Weights 1 / period, over an even period 1 / (2 period) at both of period + 1 values.
Known moving_average(std::span<const double> series, std::size_t period, bool two_sided,
                     std::vector<double>& trend) {
    const bool even = period % 2 == 0;
    const std::size_t length = even ? period + 1 : period;
    const std::size_t after = two_sided ? length / 2 : 0;
    const Known known{length - 1 - after, series.size() - after};
    for (std::size_t t = known.first; t < known.end; ++t) {
        const auto window = series.subspan(t - known.first, length);
        double sum = 0.0;
        for (const double value : window)
            sum += value;
        if (even)
            sum -= 0.5 * (window.front() + window.back());
        trend[t] = sum / static_cast<double>(period);
    }
    return known;
}

/// Least-squares line through the trend's entries [first, end), written to [from, to).
void draw_line(std::vector<double>& trend, std::size_t first, std::size_t end, std::size_t from,
               std::size_t to) {
    if (from == to)
        return;
    const auto values = std::span(trend).subspan(first, end - first);
    const double middle = (static_cast<double>(values.size()) - 1.0) / 2.0;
    const double centre = detail::mean(values);
    double products = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double offset = static_cast<double>(i) - middle;
        products += offset * (values[i] - centre);
        squares += offset * offset;
    }
    for (std::size_t t = from; t < to; ++t) {
        const double offset = static_cast<double>(t) - static_cast<double>(first) - middle;
        trend[t] = centre + products / squares * offset;
    }
}

/// Lines through the first and through the last `count` known values, or through all where there are fewer.
void extrapolate(std::vector<double>& trend, const Known& known, std::size_t count) {
    // Two periods leave at least two values.
    const std::size_t used = std::min(count, known.end - known.first);
    draw_line(trend, known.first, known.first + used, 0, known.first);
    draw_line(trend, known.end - used, known.end, known.end, trend.size());
}

/// Mean of each phase over the values that are not NaN, centred.
std::vector<double> phase_means(std::span<const double> detrended, std::size_t period, bool multiplicative) {
    std::vector<double> means(period, 0.0);
    for (std::size_t phase = 0; phase < period; ++phase) {
        double count = 0.0;
        for (std::size_t t = phase; t < detrended.size(); t += period)
            if (!std::isnan(detrended[t])) {
                means[phase] += detrended[t];
                count += 1.0;
            }
        means[phase] /= count;
    }
    const double centre = detail::mean(means);
    for (double& mean : means)
        mean = multiplicative ? mean / centre : mean - centre;
    return means;
}

std::size_t extrapolation_points(std::size_t period, int extrapolate_trend) {
    if (extrapolate_trend < extrapolate_freq)
        throw Error("seasonal_decompose: extrapolate_trend is " + std::to_string(extrapolate_trend) +
                    ", but must be at least 0, or extrapolate_freq");
    if (extrapolate_trend == extrapolate_freq)
        return period;
    return extrapolate_trend == 0 ? 0 : static_cast<std::size_t>(extrapolate_trend) + 1;
}

} // namespace

SeasonalDecomposeResult seasonal_decompose(std::span<const double> values, std::size_t period,
                                           const SeasonalDecomposeOptions& options) try {
    detail::require_series("seasonal_decompose", values, 1);
    detail::require_periods("seasonal_decompose", values, period);
    const bool multiplicative = options.model == DecomposeModel::multiplicative;
    if (multiplicative && *std::min_element(values.begin(), values.end()) <= 0.0)
        throw Error("seasonal_decompose: a multiplicative model needs positive values; use the additive one");
    const std::size_t points = extrapolation_points(period, options.extrapolate_trend);

    const detail::ScaledSeries scaled = detail::scaled(values);
    const std::vector<double>& series = scaled.values;
    SeasonalDecomposeResult result;
    result.trend.assign(series.size(), std::numeric_limits<double>::quiet_NaN());
    const Known known = moving_average(series, period, options.two_sided, result.trend);
    if (points > 0)
        extrapolate(result.trend, known, points);
    std::vector<double> detrended(series.size());
    for (std::size_t t = 0; t < series.size(); ++t)
        detrended[t] = multiplicative ? series[t] / result.trend[t] : series[t] - result.trend[t];
    const std::vector<double> means = phase_means(detrended, period, multiplicative);
    for (std::size_t t = 0; t < series.size(); ++t) {
        const double seasonal = means[t % period];
        result.seasonal.push_back(seasonal);
        result.resid.push_back(multiplicative ? series[t] / seasonal / result.trend[t]
                                              : detrended[t] - seasonal);
    }
    // Factors have no units.
    scaled.back("seasonal_decompose", result.trend);
    if (!multiplicative) {
        scaled.back("seasonal_decompose", result.seasonal);
        scaled.back("seasonal_decompose", result.resid);
    }
    return result;
} catch (...) {
    detail::rethrow_as_error("seasonal_decompose");
}

} // namespace timeloom
