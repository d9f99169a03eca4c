#include "forecasts.hpp"

#include "any_season_family.timeloom.hpp"

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/series/distributions.hpp>

#include <algorithm>
#include <cmath>

namespace auto_forecast {

namespace {

timeloom::AutoArima family_of(std::size_t season) {
    return timeloom::AutoArima(any_season_family_plan, {.seasonal_period = static_cast<int>(season)});
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

Forecaster::Forecaster(const Request& request) : request_(request), family_(family_of(request.season)) {
    if (request.fixed) {
        model_.emplace(request.fixed->orders, request.fixed->trend, family_.plan());
    }
}

std::vector<SeriesForecast> Forecaster::operator()(std::span<const Subject> series) const {
    std::vector<timeloom::AutoArimaSelection> chosen = model_ ? fit(series) : select(series);
    std::vector<SeriesForecast> results(series.size());
    for (std::size_t i = 0; i < series.size(); ++i) {
        results[i].id = series[i].id;
        results[i].selection = std::move(chosen[i]);
        set_forecast(series[i], results[i]);
    }
    return results;
}

namespace {

/// What the searches of many series want of them.
struct Batch {
    std::vector<std::vector<double>> values;
    std::vector<timeloom::Regressors> exog;

    explicit Batch(std::span<const Subject> series) {
        for (const Subject& s : series) {
            values.push_back(s.values);
            exog.push_back(s.history());
        }
    }
};

} // namespace

std::vector<timeloom::AutoArimaSelection> Forecaster::select(std::span<const Subject> series) const {
    const Batch batch(series);
    return family_.select_many(batch.values, {.each = request_.search, .exog = batch.exog, .threads = 1});
}

std::vector<timeloom::AutoArimaSelection> Forecaster::fit(std::span<const Subject> series) const {
    const Batch batch(series);
    const timeloom::FitManyOptions options{
        .fit = {.cov_type = timeloom::CovarianceType::none, .starts = request_.starts},
        .exog = batch.exog,
        .threads = 1};
    std::vector<timeloom::ArimaFit> fits = model_->fit_many(batch.values, options);
    std::vector<timeloom::AutoArimaSelection> selections(series.size());
    for (std::size_t i = 0; i < series.size(); ++i) {
        selections[i].orders = model_->orders();
        selections[i].trend = model_->trend();
        selections[i].tried.resize(1);
        selections[i].fit = std::move(fits[i]);
    }
    return selections;
}

timeloom::ArimaResults Forecaster::results(const Subject& series,
                                           const timeloom::AutoArimaSelection& chosen) const {
    using enum timeloom::CovarianceType;
    if (!model_) {
        return family_.fit(series.values, chosen, {.cov_type = none, .exog = series.history()});
    }
    return {model_->kernels(),
            model_->orders(),
            model_->trend(),
            series.values,
            series.history(),
            chosen.fit,
            timeloom::ArimaMethod::mle,
            none};
}

void Forecaster::set_forecast(const Subject& series, SeriesForecast& result) const {
    const std::span<const double> y = series.values;
    timeloom::AutoArimaSelection& chosen = result.selection;
    if (!series.problem.empty()) {
        chosen.fit = {};
        chosen.fit.message = series.problem;
    }
    if (y.empty()) {
        result.status = "failed";
        result.message = "the series has no values, so there is no forecast";
        result.mean.assign(request_.horizon, std::nan(""));
        result.lower = result.upper = result.mean;
        return;
    }
    result.status = timeloom::to_string(chosen.fit.status);
    result.message = chosen.fit.message;
    if (chosen.fit.ok()) {
        try {
            const std::vector<double> future =
                model_ ? std::vector<double>(series.future().values.begin(), series.future().values.end())
                       : chosen.chosen_regressors(series.future());
            const std::size_t columns = model_ ? series.exog_columns : chosen.exog_columns.size();
            timeloom::ArimaForecast f =
                results(series, chosen)
                    .forecast(request_.horizon, {.alpha = 1 - request_.level, .exog = {future, columns}});
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
        set_naive(y, request_, result);
    }
}

} // namespace auto_forecast
