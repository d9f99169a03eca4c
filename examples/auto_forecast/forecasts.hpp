// Forecasts of many series, each by an order of its own.
#pragma once

#include <timeloom/runtime/arima/auto_arima.hpp>
#include <timeloom/runtime/series/wide_csv.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace auto_forecast {

struct Request {
    std::size_t horizon = 0;
    std::size_t season = 1;
    double level = 0.95; ///< of the intervals
    timeloom::AutoArimaManyOptions search{};
};

/// Where no order could be chosen, or its forecast is not finite, `status` is "failed" and the forecast the
/// seasonal naive one, or the last value where there is no whole season; `message` tells both. A series
/// without values has a forecast of NaN.
struct SeriesForecast {
    std::string id;
    std::string status; ///< converged, not converged, constant or failed
    std::string message;
    timeloom::AutoArimaSelection selection;
    std::vector<double> mean, lower, upper;
};

/// Throws Error for a season that is none; 1 is no season.
std::vector<SeriesForecast> forecast_all(std::span<const timeloom::NamedSeries> series,
                                         const Request& request);

/// The last season, repeated; the last observation where a season is not there or has gaps.
std::vector<double> naive_forecast(std::span<const double> y, std::size_t season, std::size_t horizon);

} // namespace auto_forecast
