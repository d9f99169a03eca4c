// Forecasts of many series, each by an order of its own or all by one.
#pragma once

#include <timeloom/runtime/arima/orders/auto_arima.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace auto_forecast {

struct FixedModel {
    timeloom::ArimaOrders orders;
    timeloom::Trend trend = timeloom::Trend::n;
};

struct Request {
    std::size_t horizon = 0;
    std::size_t season = 1;
    double level = 0.95; ///< of the intervals
    timeloom::AutoArimaOptions search{};
    std::optional<FixedModel> fixed{}; ///< of all series, in place of a search for orders
    std::size_t starts = 1;            ///< of the fixed model's likelihood; see FitManyOptions
};

/// A series and its regressors: a row for each value and for each step of the forecast.
struct Subject {
    std::string id;
    std::vector<double> values;
    std::vector<double> exog{};
    std::size_t exog_columns = 0;
    std::string problem{}; ///< why its regressors cannot be used

    timeloom::Regressors history() const {
        return {std::span(exog).first(values.size() * exog_columns), exog_columns};
    }
    timeloom::Regressors future() const {
        return {std::span(exog).subspan(values.size() * exog_columns), exog_columns};
    }
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

class Forecaster {
  public:
    /// Throws Error for a season that is none (1 is no season), and for orders that the kernels do not serve.
    explicit Forecaster(const Request& request);

    /// Forecasts a group of series on the calling thread; the same series give the same bits.
    std::vector<SeriesForecast> operator()(std::span<const Subject> series) const;

  private:
    std::vector<timeloom::AutoArimaSelection> select(std::span<const Subject> series) const;
    std::vector<timeloom::AutoArimaSelection> fit(std::span<const Subject> series) const;
    timeloom::ArimaResults results(const Subject& series, const timeloom::AutoArimaSelection& chosen) const;
    void set_forecast(const Subject& series, SeriesForecast& result) const;

    Request request_;
    timeloom::AutoArima family_;
    std::optional<timeloom::Arima> model_; ///< where it is fixed
};

/// The last season, repeated; the last observation where a season is not there or has gaps.
std::vector<double> naive_forecast(std::span<const double> y, std::size_t season, std::size_t horizon);

} // namespace auto_forecast
