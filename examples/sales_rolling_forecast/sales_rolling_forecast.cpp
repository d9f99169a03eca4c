// Forecasts the last third of the monthly sales one month ahead, fitting ARIMA(5,1,0) anew before each month.
#include "../example_program.hpp"
#include "../sales_arima/sales_data.hpp"
#include "monthly_sales.timeloom.hpp"

#include <timeloom/runtime/arima/arima.hpp>
#include <timeloom/runtime/plots/plot.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

struct Options {
    std::string csv = sales::default_csv;
    double split = 0.66;
    std::string picture = "rolling_forecast.svg";
    std::string json;
};

double mean_squared_error(const std::vector<double>& predictions, const std::vector<double>& expected) {
    double sum = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        sum += (predictions[i] - expected[i]) * (predictions[i] - expected[i]);
    }
    return sum / static_cast<double>(expected.size());
}

void draw(const std::string& file, const std::vector<double>& y, std::size_t first,
          const std::vector<double>& predictions) {
    using enum timeloom::PlotStyle;
    const std::vector<timeloom::PlotSeries> series{
        {"sales", sales::months(1, y.size()), y, line_and_points},
        {"one-step forecast", sales::months(first + 1, predictions.size()), predictions, line_and_points}};
    timeloom::plot_lines(file, "ARIMA(5,1,0), refitted every month", "month", "sales", series);
}

void run(const Options& options) {
    const std::vector<double> y = sales::read_sales(options.csv);
    const auto first = static_cast<std::size_t>(static_cast<double>(y.size()) * options.split);
    const std::vector<double> expected(y.begin() + static_cast<std::ptrdiff_t>(first), y.end());

    const timeloom::Arima model(monthly_sales_plan);
    const std::vector<double> predictions = timeloom::rolling_forecast(model, y, first);

    for (std::size_t i = 0; i < expected.size(); ++i) {
        std::printf("predicted=%.6f, expected=%.6f\n", predictions[i], expected[i]);
    }
    const double mse = mean_squared_error(predictions, expected);
    std::printf("Test MSE: %.3f\n", mse);
    draw(options.picture, y, first, predictions);
    std::printf("picture: %s\n", options.picture.c_str());
    write_results(options.json, {{"predictions", predictions}, {"expected", expected}, {"mse", mse}});
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Forecasts monthly sales one step at a time with ARIMA(5,1,0), refitted at each step");
    app.add_option("--csv", options.csv, "file with columns Month and Sales")->capture_default_str();
    app.add_option("--split", options.split, "share of the months that only the fit sees")
        ->check(CLI::Range(0.3, 0.99))
        ->capture_default_str();
    app.add_option("--picture", options.picture, "where to draw the forecasts, .svg or .png")
        ->capture_default_str();
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    return run_program("sales_rolling_forecast", [&] { run(options); });
}
