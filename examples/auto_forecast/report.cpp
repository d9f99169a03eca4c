#include "report.hpp"

#include <timeloom/runtime/arima/data/regressors.hpp>
#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/files/csv_text.hpp>
#include <timeloom/runtime/tensors/forecast_metrics.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace auto_forecast {

namespace {

/// As printf's %.9g.
void append_number(std::string& text, double value) {
    std::array<char, 40> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), value, std::chars_format::general, 9).ptr;
    text.append(digits.begin(), end);
}

void append_values(std::string& text, const SeriesForecast& forecast, const std::vector<double>& values) {
    text += timeloom::csv_cell(forecast.id);
    for (const double value : values) {
        text += ',';
        if (std::isfinite(value)) {
            append_number(text, value);
        }
    }
    text += '\n';
}

const char* trend_name(const timeloom::AutoArimaSelection& chosen) {
    using enum timeloom::Trend;
    if (chosen.trend == n) {
        return "none";
    }
    return chosen.orders.d + chosen.orders.seasonal_d > 0 ? "drift" : "mean";
}

void append_log(std::string& text, const SeriesForecast& f) {
    const timeloom::AutoArimaSelection& chosen = f.selection;
    const timeloom::ArimaOrders& o = chosen.orders;
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
    for (const double value : {chosen.fit.llf, chosen.fit.aicc()}) {
        text += ',';
        if (estimated) {
            append_number(text, value);
        }
    }
    text += "," + std::to_string(chosen.tried.size()) + "," + timeloom::csv_cell(f.message) + "\n";
}

std::filesystem::path with_suffix(const std::filesystem::path& file, const char* suffix) {
    return file.parent_path() / (file.stem().string() + suffix + file.extension().string());
}

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

std::array<std::filesystem::path, 4> output_files(const std::filesystem::path& file) {
    return {file, with_suffix(file, "_lower"), with_suffix(file, "_upper"), with_suffix(file, "_log")};
}

Texts heads(std::size_t horizon) {
    std::string values = "id";
    for (std::size_t h = 1; h <= horizon; ++h) {
        values += ",f" + std::to_string(h);
    }
    values += '\n';
    return {values, values, values, "id,status,order,seasonal order,trend,llf,aicc,models,message\n"};
}

Texts lines(std::span<const SeriesForecast> forecasts) {
    Texts texts;
    for (const SeriesForecast& f : forecasts) {
        append_values(texts[0], f, f.mean);
        append_values(texts[1], f, f.lower);
        append_values(texts[2], f, f.upper);
        append_log(texts[3], f);
    }
    return texts;
}

void Tally::add(const SeriesForecast& forecast) {
    ++series;
    models += forecast.selection.tried.size();
    converged += forecast.status == "converged";
    not_converged += forecast.status == "not converged";
    constant += forecast.status == "constant";
    failed += forecast.status == "failed";
}

void Tally::compare(std::span<const double> history, const SeriesForecast& f, std::span<const double> actual,
                    std::size_t season) {
    const std::vector<double> naive_steps = naive_forecast(history, season, f.mean.size());
    std::vector<float> truth, mean, naive;
    std::size_t inside = 0;
    for (std::size_t h = 0; h < std::min(actual.size(), f.mean.size()); ++h) {
        if (std::isfinite(actual[h]) && std::isfinite(f.mean[h])) {
            truth.push_back(static_cast<float>(actual[h]));
            mean.push_back(static_cast<float>(f.mean[h]));
            naive.push_back(static_cast<float>(naive_steps[h]));
            inside += actual[h] >= f.lower[h] && actual[h] <= f.upper[h];
        }
    }
    if (truth.empty()) {
        return;
    }
    ++compared;
    values += truth.size();
    within += inside;
    smape += timeloom::smape(truth, mean);
    naive_smape += timeloom::smape(truth, naive);
    const std::vector<float> past(history.begin(), history.end());
    const double ours = mase_or_nan(truth, mean, past, season),
                 theirs = mase_or_nan(truth, naive, past, season);
    if (std::isfinite(ours) && std::isfinite(theirs)) {
        ++with_mase;
        mase += ours;
        naive_mase += theirs;
    }
}

} // namespace auto_forecast
