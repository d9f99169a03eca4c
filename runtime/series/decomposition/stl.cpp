// Seasonal-trend decomposition by loess. Steps are numbered as in Cleveland et al. (1990), section 2.2.
#include "timeloom/runtime/series/decomposition/stl.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/decomposition/loess.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace timeloom {

namespace {

/// The options with every default filled in and checked.
struct Settings {
    std::size_t period, seasonal, trend, low_pass;
    std::size_t seasonal_jump, trend_jump, low_pass_jump;
    int seasonal_deg, trend_deg, low_pass_deg;
    int inner_iter, outer_iter;
};

std::size_t odd_window(const char* name, double value) {
    if (value < 3 || std::fmod(value, 2.0) != 1.0)
        throw Error(std::string("stl: the window '") + name + "' must be odd and at least 3, but is " +
                    std::to_string(static_cast<long long>(value)));
    return static_cast<std::size_t>(value);
}

int in_range(const char* name, int value, int least, int most) {
    if (value < least || value > most)
        throw Error(std::string("stl: '") + name + "' is " + std::to_string(value) +
                    ", but must be at least " + std::to_string(least) +
                    (most == 1 ? " and at most " + std::to_string(most) + "." : std::string("")));
    return value;
}

Settings settings_of(std::size_t period, const StlOptions& options) {
    constexpr int any = 1'000'000'000;
    const auto jump = [](const char* name, int value) {
        return static_cast<std::size_t>(in_range(name, value, 1, any));
    };
    Settings s{};
    s.period = period;
    s.seasonal = odd_window("seasonal", options.seasonal);
    const double trend = std::ceil(1.5 * static_cast<double>(period) / (1.0 - 1.5 / options.seasonal));
    s.trend = odd_window("trend", options.trend ? *options.trend : trend + (std::fmod(trend, 2.0) == 0.0));
    s.low_pass = odd_window("low_pass", options.low_pass ? static_cast<double>(*options.low_pass)
                                                         : static_cast<double>((period + 1) | 1));
    s.seasonal_jump = jump("seasonal_jump", options.seasonal_jump);
    s.trend_jump = jump("trend_jump", options.trend_jump);
    s.low_pass_jump = jump("low_pass_jump", options.low_pass_jump);
    s.seasonal_deg = in_range("seasonal_deg", options.seasonal_deg, 0, 1);
    s.trend_deg = in_range("trend_deg", options.trend_deg, 0, 1);
    s.low_pass_deg = in_range("low_pass_deg", options.low_pass_deg, 0, 1);
    constexpr int most_steps = 10'000;
    s.inner_iter = in_range("inner_iter", options.inner_iter.value_or(options.robust ? 2 : 5), 1, any);
    s.outer_iter = in_range("outer_iter", options.outer_iter.value_or(options.robust ? 15 : 0), 0, any);
    if (s.inner_iter > most_steps / (s.outer_iter + 1))
        throw Error("stl: 'inner_iter' is " + std::to_string(s.inner_iter) + " and 'outer_iter' " +
                    std::to_string(s.outer_iter) + ", but (outer_iter + 1) inner_iter must be at most " +
                    std::to_string(most_steps));
    return s;
}

std::vector<double> moving_average(std::span<const double> values, std::size_t length) {
    std::vector<double> result(values.size() - length + 1);
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        sum += values[i];
        if (i + 1 < length)
            continue;
        result[i + 1 - length] = sum / static_cast<double>(length);
        sum -= values[i + 1 - length];
    }
    return result;
}

/// Step 2: each cycle-subseries smoothed and carried on by one value at both ends; period values before the
/// series and period values after it.
std::vector<double> smooth_cycles(std::span<const double> detrended, std::span<const double> weights,
                                  const Settings& s) {
    std::vector<double> cycles(detrended.size() + 2 * s.period);
    std::vector<double> values, weight, smooth;
    for (std::size_t phase = 0; phase < s.period; ++phase) {
        values.clear();
        weight.clear();
        for (std::size_t t = phase; t < detrended.size(); t += s.period) {
            values.push_back(detrended[t]);
            if (!weights.empty())
                weight.push_back(weights[t]);
        }
        smooth.resize(values.size());
        detail::Loess loess(values, s.seasonal, s.seasonal_deg, weight);
        loess.smooth(s.seasonal_jump, smooth);
        cycles[phase] = loess.at(-1.0).value_or(smooth.front());
        for (std::size_t cycle = 0; cycle < smooth.size(); ++cycle)
            cycles[phase + (cycle + 1) * s.period] = smooth[cycle];
        cycles[phase + (smooth.size() + 1) * s.period] =
            loess.at(static_cast<double>(smooth.size())).value_or(smooth.back());
    }
    return cycles;
}

/// Steps 1 to 6, which renew seasonal and trend.
void inner_step(std::span<const double> series, std::span<const double> weights, const Settings& s,
                StlResult& result) {
    const std::size_t n = series.size();
    std::vector<double> work(n);
    for (std::size_t t = 0; t < n; ++t) // 1
        work[t] = series[t] - result.trend[t];
    const std::vector<double> cycles = smooth_cycles(work, weights, s); // 2
    const std::vector<double> averaged =                                // 3
        moving_average(moving_average(moving_average(cycles, s.period), s.period), 3);
    std::vector<double> low(n);
    detail::Loess(averaged, s.low_pass, s.low_pass_deg, {}).smooth(s.low_pass_jump, low);
    for (std::size_t t = 0; t < n; ++t) { // 4, 5
        result.seasonal[t] = cycles[t + s.period] - low[t];
        work[t] = series[t] - result.seasonal[t];
    }
    detail::Loess(work, s.trend, s.trend_deg, weights).smooth(s.trend_jump, result.trend); // 6
}

/// Bisquare weights of the residuals, section 2.4: 0 beyond 6 median absolute residuals. The innermost and
/// outermost thousandth count as the ends, as in the authors' implementation.
std::vector<double> robustness_weights(std::span<const double> residual) {
    std::vector<double> size;
    for (const double r : residual)
        size.push_back(std::abs(r));
    std::vector<double> sorted = size;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t n = size.size();
    const double h = 3.0 * (sorted[n / 2] + sorted[(n - 1) / 2]);
    for (double& weight : size) {
        const double u = weight / h;
        const double c = 1.0 - u * u;
        weight = weight <= 0.001 * h ? 1.0 : u > 0.999 ? 0.0 : c * c;
    }
    return size;
}

} // namespace

StlResult stl(std::span<const double> values, std::size_t period, const StlOptions& options) try {
    detail::require_series("stl", values, 1);
    detail::require_periods("stl", values, period);
    const Settings s = settings_of(period, options);
    const detail::ScaledSeries scaled = detail::scaled(values);
    const std::vector<double>& series = scaled.values;
    const std::vector<double> zeros(series.size(), 0.0);
    StlResult result{zeros, zeros, zeros, std::vector<double>(series.size(), 1.0)};
    std::vector<double> weights;
    for (int outer = 0; outer <= s.outer_iter; ++outer) {
        if (outer > 0)
            weights = result.weights = robustness_weights(result.resid);
        for (int inner = 0; inner < s.inner_iter; ++inner)
            inner_step(series, weights, s, result);
        for (std::size_t t = 0; t < series.size(); ++t)
            result.resid[t] = series[t] - result.seasonal[t] - result.trend[t];
    }
    for (std::vector<double>* part : {&result.seasonal, &result.trend, &result.resid})
        scaled.back("stl", *part);
    return result;
} catch (...) {
    detail::rethrow_as_error("stl");
}

} // namespace timeloom
