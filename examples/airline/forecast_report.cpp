#include "forecast_report.hpp"

#include <timeloom/runtime/plots/plot.hpp>
#include <timeloom/runtime/tensors/forecast_metrics.hpp>

#include <algorithm>
#include <cstdio>

namespace airline {

namespace {

/// Months as fractions of years, the first one January 1949.
std::vector<double> years(std::size_t first, std::size_t count) {
    std::vector<double> x;
    for (std::size_t t = first; t < first + count; ++t) {
        x.push_back(1949 + static_cast<double>(t) / season);
    }
    return x;
}

std::vector<double> as_double(std::span<const float> values) { return {values.begin(), values.end()}; }

template <class Metric>
void print_errors(const char* name, const Forecasts& f, const Metric& metric) {
    std::printf("%-7s  %6s  %8.2f  %8.2f  %19s  %14.2f\n", name, "", metric(f.actual, f.lstm.values),
                metric(f.actual, f.sarima.values), "", metric(f.actual, f.naive));
}

} // namespace

void print_forecasts(const Forecasts& f) {
    std::printf("%-7s  %6s  %8s  %8s  %19s  %14s\n", "month", "actual", "LSTM", "ARIMA", "ARIMA's 95 % band",
                "seasonal naive");
    for (std::size_t h = 0; h < f.actual.size(); ++h) {
        const std::size_t month = f.training_months + h;
        std::printf("%zu-%02zu  %6.0f  %8.1f  %8.1f  %8.1f … %8.1f  %14.0f\n", 1949 + month / season,
                    month % season + 1, f.actual[h], f.lstm.values[h], f.sarima.values[h], f.sarima.lower[h],
                    f.sarima.upper[h], f.naive[h]);
    }
    std::printf("\n");
    print_errors("RMSE", f, timeloom::rmse);
    print_errors("MAPE, %", f, timeloom::mape);
    std::size_t inside = 0;
    for (std::size_t h = 0; h < f.actual.size(); ++h) {
        inside += f.sarima.lower[h] <= f.actual[h] && f.actual[h] <= f.sarima.upper[h];
    }
    std::printf("%zu of %zu months lie within ARIMA's 95 %% band.\n", inside, f.actual.size());
}

void print_estimates(const SarimaEstimates& estimates) {
    std::printf("\nARIMA(0,1,1)(0,1,1)12 of the logarithms of all 144 months, exact maximum likelihood\n");
    std::printf("%-20s  %10s  %11s  %12s  %14s\n", "", "MA", "seasonal MA", "sigma2", "log-likelihood");
    const auto print = [](const SarimaEstimates& e) {
        std::printf("%-20s  %10.7f  %11.7f  %12.10f  %14.7f\n", e.source, e.ma, e.seasonal_ma, e.sigma2,
                    e.llf);
    };
    print(estimates);
    std::for_each(std::begin(sarima_references), std::end(sarima_references), print);
}

void draw_forecasts(const std::string& file, std::span<const float> passengers, const Forecasts& f) {
    using enum timeloom::PlotStyle;
    constexpr std::size_t months_before = 3 * season;
    const std::vector<double> x = years(f.training_months, f.actual.size());
    const std::size_t first = f.training_months - months_before;
    const std::size_t shown = months_before + f.actual.size();
    const std::vector<timeloom::PlotSeries> series{
        {"actual", years(first, shown), as_double(passengers.subspan(first, shown))},
        {"ARIMA with 95 % band", x, as_double(f.sarima.values), line, as_double(f.sarima.lower),
         as_double(f.sarima.upper)},
        {"LSTM", x, as_double(f.lstm.values)},
        {"seasonal naive", x, as_double(f.naive), dashed}};
    timeloom::plot_lines(
        file, "Airline passengers: two years forecast from " + std::to_string(f.training_months) + " months",
        "year", "passengers (thousands)", series);
}

} // namespace airline
