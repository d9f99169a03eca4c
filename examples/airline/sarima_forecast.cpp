#include "sarima_forecast.hpp"

#include "sarima.timeloom.hpp"

#include <timeloom/runtime/arima/arima.hpp>

#include <cmath>

namespace airline {

namespace {

timeloom::ArimaResults fit(std::span<const float> passengers) {
    std::vector<double> logarithms;
    for (const float count : passengers) {
        logarithms.push_back(std::log(static_cast<double>(count)));
    }
    return timeloom::Arima(sarima_plan).fit(logarithms);
}

std::vector<float> exp_of(const std::vector<double>& logarithms) {
    std::vector<float> values;
    for (const double v : logarithms) {
        values.push_back(static_cast<float>(std::exp(v)));
    }
    return values;
}

} // namespace

SarimaForecast forecast_with_sarima(std::span<const float> history, std::size_t horizon) {
    const timeloom::ArimaResults results = fit(history);
    const timeloom::ArimaForecast f = results.forecast(horizon, {.alpha = 0.05});
    return {exp_of(f.predicted_mean), exp_of(f.lower), exp_of(f.upper), results.llf()};
}

SarimaEstimates fit_sarima(std::span<const float> passengers) {
    const timeloom::ArimaResults results = fit(passengers);
    return {"Timeloom", results.params()[0], results.params()[1], results.sigma2(), results.llf()};
}

} // namespace airline
