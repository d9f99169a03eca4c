#include "report.hpp"

#include <timeloom/runtime/arima/arima_data.hpp>
#include <timeloom/runtime/atomic_write.hpp>
#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/files/csv_text.hpp>
#include <timeloom/runtime/forecast_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

namespace auto_forecast {

namespace {

std::string number(double value, const char* pattern = "%.9g") {
    char text[40];
    std::snprintf(text, sizeof text, pattern, value);
    return text;
}

void write_values(const std::filesystem::path& file, std::span<const SeriesForecast> forecasts,
                  std::vector<double> SeriesForecast::*values) {
    std::string text = "id";
    const std::size_t horizon = forecasts.empty() ? 0 : forecasts[0].mean.size();
    for (std::size_t h = 1; h <= horizon; ++h) {
        text += ",f" + std::to_string(h);
    }
    for (const SeriesForecast& f : forecasts) {
        text += "\n" + timeloom::csv_cell(f.id);
        for (const double value : f.*values) {
            text += "," + (std::isfinite(value) ? number(value) : "");
        }
    }
    timeloom::write_file_atomically(file, text + "\n");
}

const char* trend_name(const timeloom::AutoArimaSelection& chosen) {
    if (chosen.trend == timeloom::dsl::trend_kind::n) {
        return "none";
    }
    return chosen.orders.d + chosen.orders.seasonal_d > 0 ? "drift" : "mean";
}

std::string log_of(std::span<const SeriesForecast> forecasts) {
    std::string text = "id,status,order,seasonal order,trend,llf,aicc,models,seconds,message\n";
    for (const SeriesForecast& f : forecasts) {
        const timeloom::AutoArimaSelection& chosen = f.selection;
        const timeloom::dsl::arima_orders& o = chosen.orders;
        text += timeloom::csv_cell(f.id) + "," + f.status;
        if (chosen.fit.ok()) {
            text += ",\"(" + std::to_string(o.p) + "," + std::to_string(o.d) + "," + std::to_string(o.q) +
                    ")\",\"(" + std::to_string(o.seasonal_p) + "," + std::to_string(o.seasonal_d) + "," +
                    std::to_string(o.seasonal_q) + ")" + std::to_string(o.seasonal_period) + "\"," +
                    trend_name(chosen);
        } else {
            text += ",,,";
        }
        const bool estimated = chosen.fit.ok() && chosen.fit.nobs > 0;
        text += "," + (estimated ? number(chosen.fit.llf) : "") + "," +
                (estimated ? number(chosen.fit.aicc()) : "") + "," + std::to_string(chosen.tried.size()) +
                "," + number(chosen.seconds, "%.4f") + "," + timeloom::csv_cell(f.message) + "\n";
    }
    return text;
}

std::vector<float> as_float(std::span<const double> values) { return {values.begin(), values.end()}; }

/// NaN where it is not defined.
double mase_or_nan(std::span<const float> actual, std::span<const float> forecast,
                   std::span<const float> history, std::size_t season) {
    try {
        return timeloom::mase(actual, forecast, history, season);
    } catch (const timeloom::Error&) {
        return std::nan("");
    }
}

} // namespace

std::filesystem::path with_suffix(const std::filesystem::path& file, const char* suffix) {
    return file.parent_path() / (file.stem().string() + suffix + file.extension().string());
}

void require_writable(const std::filesystem::path& file) {
    if (timeloom::leads_to_stream(file)) {
        throw timeloom::Error("the forecasts cannot be written to " + file.string() +
                              ": it is no regular file, and three more are written beside it");
    }
    timeloom::require_writable(file);
}

void write_forecasts(const std::filesystem::path& file, std::span<const SeriesForecast> forecasts) {
    write_values(file, forecasts, &SeriesForecast::mean);
    write_values(with_suffix(file, "_lower"), forecasts, &SeriesForecast::lower);
    write_values(with_suffix(file, "_upper"), forecasts, &SeriesForecast::upper);
    timeloom::write_file_atomically(with_suffix(file, "_log"), log_of(forecasts));
}

Accuracy accuracy(std::span<const timeloom::NamedSeries> history, std::span<const SeriesForecast> forecasts,
                  std::span<const timeloom::NamedSeries> actual, std::size_t season) {
    std::map<std::string, std::span<const double>> actual_of;
    for (const timeloom::NamedSeries& s : actual) {
        actual_of[s.id] = s.values;
    }
    Accuracy sums;
    std::size_t with_mase = 0, values = 0;
    for (std::size_t i = 0; i < forecasts.size(); ++i) {
        const SeriesForecast& f = forecasts[i];
        const auto found = actual_of.find(f.id);
        if (found == actual_of.end() || std::ranges::any_of(f.mean, [](double x) { return std::isnan(x); })) {
            continue;
        }
        const std::size_t n = std::min(found->second.size(), f.mean.size());
        const std::span<const double> truth = found->second.first(n);
        const std::vector<double> naive = naive_forecast(history[i].values, season, n);
        const std::vector<float> a = as_float(truth), m = as_float(std::span(f.mean).first(n)),
                                 b = as_float(naive), past = as_float(history[i].values);
        ++sums.series;
        sums.smape += timeloom::smape(a, m);
        sums.naive_smape += timeloom::smape(a, b);
        const double mase = mase_or_nan(a, m, past, season), naive_mase = mase_or_nan(a, b, past, season);
        if (std::isfinite(mase) && std::isfinite(naive_mase)) {
            ++with_mase;
            sums.mase += mase;
            sums.naive_mase += naive_mase;
        }
        for (std::size_t h = 0; h < n; ++h, ++values) {
            sums.coverage += truth[h] >= f.lower[h] && truth[h] <= f.upper[h];
        }
    }
    if (sums.series == 0) {
        throw timeloom::Error(
            "none of the series that were forecast has a line in the file of actual values; "
            "the ids must be the same");
    }
    const auto series = static_cast<double>(sums.series);
    sums.smape /= series;
    sums.naive_smape /= series;
    sums.mase /= static_cast<double>(with_mase);
    sums.naive_mase /= static_cast<double>(with_mase);
    sums.coverage /= static_cast<double>(values);
    return sums;
}

} // namespace auto_forecast
