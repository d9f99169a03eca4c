#include "arima_scaling.hpp"

#include "../log_plot.hpp"
#include "bench_airline.timeloom.hpp"
#include "bench_arma22.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

namespace timeloom::bench {

namespace {

struct ScalingModel {
    const char* name;
    const plan::Arima& plan;
    std::vector<double> params; ///< of the simulation
};

/// Missing values are spread at random, but for the first and the last.
std::vector<double> series_of(const ScalingModel& model, std::size_t n, double share) {
    const Arima process(model.plan.orders, plan::Trend::n, model.plan);
    std::vector<double> y = process.simulate(model.params, 1.0, n, 7);
    Random random(n);
    for (std::size_t t = 1; t + 1 < n; ++t) {
        if (static_cast<double>(random.uniform()) < share) {
            y[t] = std::numeric_limits<double>::quiet_NaN();
        }
    }
    return y;
}

double milliseconds_of_fit(const ScalingModel& model, std::size_t n, double share) {
    const std::vector<double> y = series_of(model, n, share);
    const Arima arima(model.plan.orders, plan::Trend::n, model.plan);
    double best = std::numeric_limits<double>::infinity();
    for (int repeat = 0; repeat < (n > 50'000 ? 1 : 3); ++repeat) {
        const auto begin = std::chrono::steady_clock::now();
        arima.fit(y, {.cov_type = CovarianceType::none});
        const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
        best = std::min(best, time.count());
    }
    return best;
}

LogCurve measured(const ScalingModel& model, const std::string& name, const std::vector<double>& x,
                  const auto& fit) {
    LogCurve curve{name, x, {}};
    for (const double value : x) {
        curve.y.push_back(fit(value));
        std::printf("%-34s %10.0f %12.1f\n", (model.name + (", " + name)).c_str(), value, curve.y.back());
        std::fflush(stdout);
    }
    return curve;
}

} // namespace

void measure_arima_scaling(const std::filesystem::path& picture) {
    const ScalingModel models[] = {
        {"(2,1,2)", bench_arma22_plan, {0.6, -0.2, 0.4, 0.2}},
        {"(0,1,1)(0,1,1)12", bench_airline_plan, {-0.4, -0.6}},
    };
    std::printf("%-34s %10s %12s\n", "model", "", "ms a fit");
    LogPanel gaps{"missing values of 2,000", "ms a fit with its results", {}}, lengths{"values", "ms", {}};
    for (const ScalingModel& model : models) {
        constexpr std::size_t n = 2000;
        gaps.curves.push_back(
            measured(model, "by missing values", {1, 10, 50, 200, 500, 1000},
                     [&](double count) { return milliseconds_of_fit(model, n, count / n); }));
        for (const double share : {0.0, 0.5}) {
            std::vector<double> sizes{200, 1000, 5000, 20'000};
            if (share == 0) {
                sizes.insert(sizes.end(), {100'000, 1'000'000});
            }
            lengths.curves.push_back(
                measured(model, share == 0 ? "by values" : "half of them missing", sizes, [&](double size) {
                    return milliseconds_of_fit(model, static_cast<std::size_t>(size), share);
                }));
        }
    }
    for (LogPanel* panel : {&gaps, &lengths}) {
        const std::size_t each = panel->curves.size() / std::size(models);
        for (std::size_t i = 0; i < panel->curves.size(); ++i) {
            panel->curves[i].name = models[i / each].name + (", " + panel->curves[i].name);
        }
    }
    plot_logarithmic(picture, "Fits of ARIMA models, milliseconds", {gaps, lengths});
    std::printf("drawn in %s\n", picture.c_str());
}

} // namespace timeloom::bench
