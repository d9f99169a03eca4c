#include "forecasts.hpp"

#include "models.hpp"

#include "any_season_family.timeloom.hpp"

#include <timeloom/runtime/arima/arima_data.hpp>
#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/series/distributions.hpp>
#include <timeloom/runtime/thread_pool.hpp>

#include <algorithm>
#include <cmath>

namespace auto_forecast {

namespace {

timeloom::AutoArima family_of(std::size_t season) {
    return {any_season_family, any_season_family_kernels, {.seasonal_period = static_cast<int>(season)}};
}

/// The differenced series stays what it was.
std::vector<double> constant_forecast(std::span<const double> y, const timeloom::AutoArimaSelection& chosen,
                                      std::size_t horizon) {
    const std::vector<double> delta = timeloom::difference_polynomial(chosen.orders);
    std::vector<double> all;
    for (const double value : y) { // the choice drew lines over gaps, of a constant series only its value
        all.push_back(std::isnan(value) ? (all.empty() ? 0.0 : all.back()) : value);
    }
    const double constant = chosen.fit.params.empty() ? 0.0 : chosen.fit.params[0];
    for (std::size_t h = 0; h < horizon; ++h) {
        double next = constant;
        for (std::size_t k = 1; k < delta.size() && k <= all.size(); ++k) {
            next -= delta[k] * all[all.size() - k];
        }
        all.push_back(next);
    }
    return {all.end() - static_cast<std::ptrdiff_t>(horizon), all.end()};
}

/// Intervals of a random walk from season to season.
void set_naive(std::span<const double> y, const Request& request, SeriesForecast& result) {
    const std::size_t season = y.size() > request.season ? request.season : 1;
    double sum = 0;
    std::size_t steps = 0;
    for (std::size_t t = season; t < y.size(); ++t) {
        const double step = y[t] - y[t - season];
        if (std::isfinite(step)) {
            sum += step * step;
            ++steps;
        }
    }
    const double error = steps > 0 ? std::sqrt(sum / static_cast<double>(steps)) : 0.0;
    const double z = timeloom::normal_quantile(0.5 + request.level / 2);
    result.mean = naive_forecast(y, request.season, request.horizon);
    result.lower = result.upper = result.mean;
    for (std::size_t h = 0; h < request.horizon; ++h) {
        const double width = z * error * std::sqrt(static_cast<double>(h / season + 1));
        result.lower[h] -= width;
        result.upper[h] += width;
    }
}

bool all_finite(std::span<const double> values) {
    return std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
}

void set_forecast(const timeloom::AutoArima& family, std::span<const double> y, const Request& request,
                  SeriesForecast& result) {
    using timeloom::FitStatus;
    const timeloom::AutoArimaSelection& chosen = result.selection;
    if (y.empty()) {
        result.status = "failed";
        result.message = "the series has no values, so there is no forecast";
        result.mean.assign(request.horizon, std::nan(""));
        result.lower = result.upper = result.mean;
        return;
    }
    result.status = timeloom::to_string(chosen.fit.status);
    result.message = chosen.fit.message;
    if (chosen.fit.status == FitStatus::constant) {
        result.mean = constant_forecast(y, chosen, request.horizon);
        result.lower = result.upper = result.mean;
    } else if (chosen.fit.ok()) {
        try {
            const timeloom::ArimaResults fitted =
                family.fit(y, chosen, {.cov_type = timeloom::CovarianceType::none});
            timeloom::ArimaForecast f = fitted.forecast(request.horizon, {.alpha = 1 - request.level});
            result.mean = std::move(f.predicted_mean);
            result.lower = std::move(f.lower);
            result.upper = std::move(f.upper);
        } catch (const timeloom::Error& error) {
            result.mean.clear();
            result.message = error.what();
        }
    }
    if (result.mean.empty() || !all_finite(result.mean) || !all_finite(result.lower) ||
        !all_finite(result.upper)) {
        result.status = "failed";
        result.message += (result.message.empty() ? "the forecast is not finite" : "");
        result.message += "; the forecast is naive";
        set_naive(y, request, result);
    }
}

} // namespace

std::vector<double> naive_forecast(std::span<const double> y, std::size_t season, std::size_t horizon) {
    const std::span<const double> last = y.last(std::min(season, y.size()));
    std::vector<double> forecast(horizon);
    if (last.size() == season && all_finite(last)) {
        for (std::size_t h = 0; h < horizon; ++h) {
            forecast[h] = last[h % season];
        }
        return forecast;
    }
    const auto known = std::find_if(y.rbegin(), y.rend(), [](double x) { return std::isfinite(x); });
    std::ranges::fill(forecast, known == y.rend() ? 0.0 : *known);
    return forecast;
}

std::vector<SeriesForecast> forecast_all(std::span<const timeloom::NamedSeries> series,
                                         const Request& request) {
    const timeloom::AutoArima family = family_of(request.season);
    std::vector<std::vector<double>> values;
    for (const timeloom::NamedSeries& s : series) {
        values.push_back(s.values);
    }
    std::vector<timeloom::AutoArimaSelection> chosen = family.select_many(values, request.search);
    std::vector<SeriesForecast> results(series.size());
    timeloom::ThreadPool pool(request.search.threads);
    pool.run(series.size(), [&](std::size_t i) {
        results[i].id = series[i].id;
        results[i].selection = std::move(chosen[i]);
        set_forecast(family, values[i], request, results[i]);
    });
    return results;
}

} // namespace auto_forecast
