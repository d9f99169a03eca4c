// An AR, an ARMA and an ARIMA model, each fitted to a published series and forecast, and an MA model to a
// series that it made itself.
#include "../example_program.hpp"
#include "lake_ar.timeloom.hpp"
#include "lake_arma.timeloom.hpp"
#include "series.hpp"
#include "simulated_ma.timeloom.hpp"
#include "web_arima.timeloom.hpp"

#include <timeloom/runtime/arima/arima.hpp>
#include <timeloom/runtime/plots/plot.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace {

constexpr std::size_t horizon = 12;

struct Options {
    std::string model = "all";
    std::filesystem::path pictures = ".";
    std::string json;
};

struct Example {
    std::string name;
    timeloom::Arima model;
    std::string series;
    std::string unit;
    std::string time;
    std::span<const double> values;
    int first; ///< year, day or minute
};

/// 120 values of 10 + ε_t + 0.6 ε_{t-1}, ε of variance 4: what the fit should find again.
const std::vector<double>& simulated_series() {
    static const std::vector<double> series = [] {
        const timeloom::ArimaOrders first_order{.q = 1};
        const timeloom::Arima model(first_order, timeloom::Trend::n, simulated_ma_plan);
        std::vector<double> values = model.simulate(std::vector{0.6}, 4.0, 120, 1);
        for (double& value : values) {
            value += 10.0;
        }
        return values;
    }();
    return series;
}

std::vector<Example> examples() {
    using namespace arima_models;
    return {
        {"ar", timeloom::Arima(lake_ar_plan), "AR(2): level of Lake Huron", "feet", "year", lake_huron, 1875},
        {"ma", timeloom::Arima(simulated_ma_plan), "MA(1): simulated, constant 10, coefficient 0.6, sigma2 4",
         "value", "time", simulated_series(), 1},
        {"arma", timeloom::Arima(lake_arma_plan), "ARMA(1,1): level of Lake Huron", "feet", "year",
         lake_huron, 1875},
        {"arima", timeloom::Arima(web_arima_plan), "ARIMA(1,1,1): users of an Internet server", "users",
         "minute", web_users, 1}};
}

void print_forecast(const Example& example, const timeloom::ArimaForecast& forecast) {
    const std::size_t next = static_cast<std::size_t>(example.first) + example.values.size();
    std::printf("%-8s  %10s  %10s  %24s\n", example.time.c_str(), "forecast", "std err", "95 % interval");
    for (std::size_t h = 0; h < horizon; ++h) {
        std::printf("%-8zu  %10.2f  %10.3f  %10.2f … %10.2f\n", next + h, forecast.predicted_mean[h],
                    forecast.se_mean[h], forecast.lower[h], forecast.upper[h]);
    }
}

/// The series with what was predicted from the values before, and the forecast of the time after it.
void draw(const std::filesystem::path& file, const Example& example, const timeloom::ArimaResults& results,
          const timeloom::ArimaForecast& forecast) {
    const auto times = [&](std::size_t begin, std::size_t count) {
        std::vector<double> x(count);
        std::iota(x.begin(), x.end(), example.first + static_cast<double>(begin));
        return x;
    };
    using enum timeloom::PlotStyle;
    const std::size_t n = example.values.size();
    const std::vector<double> fitted = results.fittedvalues();
    const std::vector<timeloom::PlotSeries> series{
        {"observed", times(0, n), {example.values.begin(), example.values.end()}},
        {"one-step predictions", times(n - fitted.size(), fitted.size()), fitted, dashed},
        {"forecast with 95 % band", times(n, horizon), forecast.predicted_mean, line, forecast.lower,
         forecast.upper}};
    timeloom::plot_lines(file, example.series, example.time, example.unit, series);
}

nlohmann::json fit(const Example& example, const Options& options) {
    const timeloom::ArimaResults results = example.model.fit(example.values);
    const timeloom::ArimaForecast forecast = results.forecast(horizon);
    std::printf("\n%s\n%s\n", example.series.c_str(), results.summary().c_str());
    print_forecast(example, forecast);
    const std::filesystem::path picture = options.pictures / (example.name + ".svg");
    draw(picture, example, results, forecast);
    std::printf("picture: %s\n", picture.c_str());
    return {{"param_names", results.param_names()},
            {"params", results.params()},
            {"bse", results.bse()},
            {"llf", results.llf()},
            {"aic", results.aic()},
            {"forecast", forecast.predicted_mean},
            {"lower", forecast.lower},
            {"upper", forecast.upper}};
}

void run(const Options& options) {
    nlohmann::json results;
    for (const Example& example : examples()) {
        if (options.model == "all" || options.model == example.name) {
            results[example.name] = fit(example, options);
        }
    }
    write_results(options.json, results);
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Fits an AR, an MA, an ARMA and an ARIMA model and forecasts");
    app.add_option("--model", options.model, "ar, ma, arma, arima or all")
        ->check(CLI::IsMember({"ar", "ma", "arma", "arima", "all"}))
        ->capture_default_str();
    app.add_option("--pictures", options.pictures, "folder for the pictures ar.svg, ma.svg, …")
        ->check(CLI::ExistingDirectory)
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("arima_models", [&] { run(options); });
}
