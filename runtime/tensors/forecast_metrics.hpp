// Measures of forecast accuracy, and the naive forecast that a model should beat.
#pragma once

#include "timeloom/runtime/base/as_error.hpp"

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

namespace detail {

/// Mean of term(actual, forecast) over two series of one length.
template <class Term>
double mean_over_forecast(const char* metric, std::span<const float> actual, std::span<const float> forecast,
                          const Term& term) {
    if (actual.size() != forecast.size() || actual.empty())
        throw Error(std::string(metric) + " needs two series of one length, not empty, but got " +
                    std::to_string(actual.size()) + " actual and " + std::to_string(forecast.size()) +
                    " forecast values");
    double sum = 0.0;
    for (std::size_t i = 0; i < actual.size(); ++i)
        sum += term(actual[i], forecast[i]);
    return sum / static_cast<double>(actual.size());
}

inline double absolute_difference(double a, double b) { return std::abs(a - b); }

} // namespace detail

/// sqrt(mean((actual - forecast)^2)), in the unit of the series.
inline double rmse(std::span<const float> actual, std::span<const float> forecast) {
    return std::sqrt(detail::mean_over_forecast("rmse", actual, forecast,
                                                [](double a, double f) { return (a - f) * (a - f); }));
}

/// 100 mean(|actual - forecast| / |actual|), in percent. Throws Error if an actual value is 0.
inline double mape(std::span<const float> actual, std::span<const float> forecast) {
    return 100.0 * detail::mean_over_forecast("mape", actual, forecast, [](double a, double f) {
               if (a == 0.0)
                   throw Error("mape is undefined where the actual value is 0; use smape or mase");
               return std::abs((a - f) / a);
           });
}

/// 200 mean(|actual - forecast| / (|actual| + |forecast|)), in percent, between 0 and 200: the M4
/// competition's definition. A term with both values 0 counts as 0.
inline double smape(std::span<const float> actual, std::span<const float> forecast) {
    return 200.0 * detail::mean_over_forecast("smape", actual, forecast, [](double a, double f) {
               const double size = std::abs(a) + std::abs(f);
               return size == 0.0 ? 0.0 : std::abs(a - f) / size;
           });
}

/// Mean absolute error over that of the in-sample seasonal naive forecast: mean(|actual - forecast|) /
/// mean(|history[t] - history[t - season]|). Throws Error if the history has no more than `season` values or
/// repeats itself exactly.
inline double mase(std::span<const float> actual, std::span<const float> forecast,
                   std::span<const float> history, std::size_t season = 1) {
    if (season == 0 || history.size() <= season)
        throw Error("mase needs a season of at least 1 and a longer history, but got season " +
                    std::to_string(season) + " and " + std::to_string(history.size()) + " values of history");
    const double scale = detail::mean_over_forecast(
        "mase", history.subspan(season), history.first(history.size() - season), detail::absolute_difference);
    if (scale == 0.0)
        throw Error("mase is undefined: the history repeats itself exactly with season " +
                    std::to_string(season) + "; use smape or rmse");
    return detail::mean_over_forecast("mase", actual, forecast, detail::absolute_difference) / scale;
}

/// The last `season` values of the history, repeated to `horizon` values. Throws Error if there are fewer.
inline std::vector<float> seasonal_naive(std::span<const float> history, std::size_t season,
                                         std::size_t horizon) {
    if (season == 0 || history.size() < season)
        throw Error("seasonal_naive needs a season of at least 1 and as much history, but got season " +
                    std::to_string(season) + " and " + std::to_string(history.size()) + " values of history");
    auto forecast = as_error("seasonal_naive", [horizon] { return std::vector<float>(horizon); });
    for (std::size_t h = 0; h < horizon; ++h)
        forecast[h] = history[history.size() - season + h % season];
    return forecast;
}

} // namespace timeloom
