// Trains LSTMs on ten years of airline passengers and forecasts the two years after them, month by month,
// each forecast feeding the next.
#include "../example_program.hpp"
#include "forecaster.hpp"
#include "forecaster.timeloom.hpp"
#include "passengers.hpp"

#include <timeloom/runtime/forecast_metrics.hpp>
#include <timeloom/runtime/model.hpp>
#include <timeloom/runtime/plot.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace {

constexpr std::size_t horizon = 24;
constexpr std::size_t season = 12;
constexpr auto window = static_cast<std::size_t>(airline::window);

/// Learning rate and epochs were chosen with --months 96, on the two years before the ones forecast here:
/// from about 300 epochs on, the error there stays as it is.
struct Options {
    std::size_t months = 120;
    std::size_t epochs = 300;
    std::size_t members = 10;
    std::uint64_t seed = 1;
    std::size_t threads = 1;
    std::string picture = "forecast.svg";
    std::string json;
};

/// Monthly growth log(y[t] / y[t-1]), scaled to unit variance over the training months.
struct Growth {
    std::vector<float> values;
    float mean = 0;
    float scale = 1;

    explicit Growth(std::span<const float> series) {
        for (std::size_t t = 1; t < series.size(); ++t) {
            values.push_back(std::log(series[t] / series[t - 1]));
        }
        const auto count = static_cast<float>(values.size());
        mean = std::accumulate(values.begin(), values.end(), 0.0f) / count;
        float square = 0;
        for (const float v : values) {
            square += (v - mean) * (v - mean);
        }
        scale = std::sqrt(square / count);
        for (float& v : values) {
            v = (v - mean) / scale;
        }
    }
};

/// Every window of the series with the value that follows it.
std::pair<timeloom::Tensor, timeloom::Tensor> windows(std::span<const float> values) {
    const std::size_t count = values.size() - window;
    timeloom::Tensor x({count, window, 1});
    timeloom::Tensor y({count, 1});
    for (std::size_t i = 0; i < count; ++i) {
        std::copy_n(values.data() + i, window, x.data() + i * window);
        y.data()[i] = values[i + window];
    }
    return {std::move(x), std::move(y)};
}

/// A network trained from each of several seeds: on ten years of data one alone depends on its start.
struct Ensemble {
    std::vector<timeloom::Model> members;
    double train_loss = 0;

    float predict(const timeloom::Tensor& x) {
        float sum = 0;
        for (timeloom::Model& member : members) {
            sum += member.predict(x).data()[0];
        }
        return sum / static_cast<float>(members.size());
    }
};

Ensemble train(const Growth& growth, const Options& options) {
    const auto [x, y] = windows(growth.values);
    timeloom::FitOptions fit;
    fit.epochs = options.epochs;
    fit.batch_size = 32;
    fit.progress = timeloom::terminal_progress();
    Ensemble ensemble;
    for (std::size_t i = 0; i < options.members; ++i) {
        timeloom::Model model(airline::forecaster, forecaster_kernels, {options.seed + i, options.threads});
        model.compile(timeloom::Adam{.learning_rate = 0.002}, timeloom::Loss::mean_squared_error);
        const timeloom::History history = model.fit(x, y, fit);
        const double loss = history.empty() ? 0.0 : history.back().training.loss;
        ensemble.train_loss += loss / static_cast<double>(options.members);
        ensemble.members.push_back(std::move(model));
    }
    return ensemble;
}

std::vector<float> forecast_recursively(Ensemble& ensemble, Growth growth, float last) {
    std::vector<float> forecast;
    for (std::size_t h = 0; h < horizon; ++h) {
        const timeloom::Tensor x(timeloom::Shape{1, window, 1},
                                 std::span<const float>(growth.values).last(window));
        const float next = ensemble.predict(x);
        growth.values.push_back(next);
        last *= std::exp(next * growth.scale + growth.mean);
        forecast.push_back(last);
    }
    return forecast;
}

void print_table(std::span<const float> actual, std::span<const float> forecast, std::span<const float> naive,
                 std::size_t training_months) {
    std::printf("month      actual  forecast  seasonal naive\n");
    for (std::size_t h = 0; h < actual.size(); ++h) {
        const std::size_t month = training_months + h;
        std::printf("%zu-%02zu  %8.0f  %8.1f  %14.0f\n", 1949 + month / season, month % season + 1, actual[h],
                    forecast[h], naive[h]);
    }
    std::printf("\n%-8s  %14.2f  %14.2f\n", "RMSE", timeloom::rmse(actual, forecast),
                timeloom::rmse(actual, naive));
    std::printf("%-8s  %12.2f %%  %12.2f %%\n", "MAPE", timeloom::mape(actual, forecast),
                timeloom::mape(actual, naive));
}

void draw(const std::string& file, std::span<const float> forecast, std::span<const float> naive,
          std::size_t training_months) {
    std::vector<timeloom::PlotSeries> series{{"actual", {}, {}},
                                             {"LSTM forecast", {}, {}},
                                             {"seasonal naive", {}, {}, timeloom::PlotStyle::dashed}};
    for (std::size_t t = 0; t < airline::passengers.size(); ++t) {
        series[0].x.push_back(1949 + static_cast<double>(t) / season);
        series[0].y.push_back(airline::passengers[t]);
    }
    for (std::size_t h = 0; h < forecast.size(); ++h) {
        const double year = 1949 + static_cast<double>(training_months + h) / season;
        series[1].x.push_back(year);
        series[1].y.push_back(forecast[h]);
        series[2].x.push_back(year);
        series[2].y.push_back(naive[h]);
    }
    timeloom::plot_lines(
        file, "Airline passengers: two years forecast from " + std::to_string(training_months) + " months",
        "year", "passengers (thousands)", series);
}

void run(const Options& options) {
    const auto start = std::chrono::steady_clock::now();
    const std::span<const float> series(airline::passengers);
    const auto history = series.first(options.months);
    const auto actual = series.subspan(options.months, horizon);

    const Growth growth(history);
    Ensemble ensemble = train(growth, options);
    const std::vector<float> forecast = forecast_recursively(ensemble, growth, history.back());
    const std::vector<float> naive = timeloom::seasonal_naive(history, season, actual.size());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    print_table(actual, forecast, naive, options.months);
    std::printf("\n%zu networks, %zu epochs each, seed %llu, %.2f s\n", options.members, options.epochs,
                static_cast<unsigned long long>(options.seed), seconds);
    draw(options.picture, forecast, naive, options.months);
    std::printf("picture: %s\n", options.picture.c_str());

    write_results(options.json, {{"model", "lstm"},
                                 {"rmse", timeloom::rmse(actual, forecast)},
                                 {"mape", timeloom::mape(actual, forecast)},
                                 {"naive_rmse", timeloom::rmse(actual, naive)},
                                 {"naive_mape", timeloom::mape(actual, naive)},
                                 {"forecast", forecast},
                                 {"actual", std::vector<float>(actual.begin(), actual.end())},
                                 {"naive", naive},
                                 {"train_loss", ensemble.train_loss},
                                 {"members", options.members},
                                 {"epochs", options.epochs},
                                 {"seed", options.seed},
                                 {"seconds", seconds}});
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Forecasts the last two years of the airline passengers with an LSTM");
    app.add_option("--months", options.months, "months to train on; the 24 after them are forecast")
        ->check(CLI::Range(60, 120))
        ->capture_default_str();
    app.add_option("--epochs", options.epochs, "training epochs")->capture_default_str();
    app.add_option("--members", options.members, "networks whose forecasts are averaged")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seed", options.seed, "seed of initial weights and shuffling")->capture_default_str();
    app.add_option("--threads", options.threads, "threads, 0 for all cores")->capture_default_str();
    app.add_option("--picture", options.picture, "where to draw the forecast, .svg or .png")
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("forecast_airline", [&] { run(options); });
}
