// Forecasts two years of airline passengers from the ten years before them, with LSTMs, each month's forecast
// feeding the next, and with the ARIMA model that the series is known for.
#include "../example_program.hpp"
#include "forecast_report.hpp"
#include "passengers.hpp"

#include <timeloom/runtime/tensors/forecast_metrics.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>

namespace {

constexpr std::size_t horizon = 24;

struct Options {
    std::size_t months = 120;
    airline::LstmOptions lstm;
    std::string picture = "forecast.svg";
    std::string json;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

nlohmann::json as_json(const airline::Forecasts& f, const airline::SarimaEstimates& estimates,
                       const Options& options, double seconds) {
    return {{"model", "lstm"},
            {"rmse", timeloom::rmse(f.actual, f.lstm.values)},
            {"mape", timeloom::mape(f.actual, f.lstm.values)},
            {"naive_rmse", timeloom::rmse(f.actual, f.naive)},
            {"naive_mape", timeloom::mape(f.actual, f.naive)},
            {"arima_rmse", timeloom::rmse(f.actual, f.sarima.values)},
            {"arima_mape", timeloom::mape(f.actual, f.sarima.values)},
            {"forecast", f.lstm.values},
            {"actual", f.actual},
            {"naive", f.naive},
            {"arima_forecast", f.sarima.values},
            {"arima_lower", f.sarima.lower},
            {"arima_upper", f.sarima.upper},
            {"arima_full_sample",
             {{"ma", estimates.ma},
              {"seasonal_ma", estimates.seasonal_ma},
              {"sigma2", estimates.sigma2},
              {"llf", estimates.llf}}},
            {"train_loss", f.lstm.train_loss},
            {"members", options.lstm.members},
            {"epochs", options.lstm.epochs},
            {"seed", options.lstm.seed},
            {"seconds", seconds}};
}

void run(const Options& options) {
    const std::span<const float> series(airline::passengers);
    const auto history = series.first(options.months);
    const auto actual = series.subspan(options.months, horizon);

    auto start = std::chrono::steady_clock::now();
    airline::Forecasts forecasts{options.months,
                                 {actual.begin(), actual.end()},
                                 airline::forecast_with_lstm(history, horizon, options.lstm),
                                 {},
                                 timeloom::seasonal_naive(history, airline::season, horizon)};
    const double seconds = seconds_since(start);
    start = std::chrono::steady_clock::now();
    forecasts.sarima = airline::forecast_with_sarima(history, horizon);
    const double sarima_seconds = seconds_since(start);
    const airline::SarimaEstimates estimates = airline::fit_sarima(series);

    airline::print_forecasts(forecasts);
    std::printf("LSTM: %zu networks, %zu epochs each, seed %llu, %.2f s. ARIMA: %.4f s.\n",
                options.lstm.members, options.lstm.epochs, static_cast<unsigned long long>(options.lstm.seed),
                seconds, sarima_seconds);
    airline::print_estimates(estimates);
    airline::draw_forecasts(options.picture, series, forecasts);
    std::printf("\npicture: %s\n", options.picture.c_str());
    write_results(options.json, as_json(forecasts, estimates, options, seconds));
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Forecasts the last two years of the airline passengers with LSTMs and with ARIMA");
    app.add_option("--months", options.months, "months to train on; the 24 after them are forecast")
        ->check(CLI::Range(60, 120))
        ->capture_default_str();
    app.add_option("--epochs", options.lstm.epochs, "training epochs")->capture_default_str();
    app.add_option("--members", options.lstm.members, "networks whose forecasts are averaged")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seed", options.lstm.seed, "seed of initial weights and shuffling")
        ->capture_default_str();
    app.add_option("--threads", options.lstm.threads, "threads, 0 for all cores")->capture_default_str();
    app.add_option("--picture", options.picture, "where to draw the forecasts, .svg or .png")
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("forecast_airline", [&] { run(options); });
}
