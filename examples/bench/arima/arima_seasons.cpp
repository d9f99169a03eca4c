#include "arima_seasons.hpp"

#include "bench_any_season.timeloom.hpp"
#include "bench_two_seasons.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/data/arima_data.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

namespace timeloom::bench {

namespace {

template <class F>
double best_milliseconds(int rounds, const F& call) {
    double best = std::numeric_limits<double>::infinity();
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        call();
        const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count());
    }
    return best;
}

SeasonTimes times_of(const Arima& model, const std::vector<double>& truth, std::size_t n, int rounds) {
    const std::vector<std::vector<double>> series{model.simulate(truth, 1.0, n, 5)};
    SeasonTimes times{name_of(model.orders()), n, 0, 0, 0, 0};
    std::vector<double> params;
    times.fit_ms = best_milliseconds(rounds, [&] {
        const ArimaResults results = model.fit(series[0]);
        times.evaluations = results.evaluations();
        params = results.params();
    });
    params.pop_back();
    times.batch_ms = best_milliseconds(rounds, [&] { model.fit_many(series, {.threads = 1}); });
    times.forecast_ms = best_milliseconds(rounds, [&] { model.smooth(series[0], params).forecast(24); });
    return times;
}

} // namespace

std::vector<SeasonTimes> time_seasons(int rounds) {
    std::vector<SeasonTimes> times;
    constexpr std::array<std::pair<int, int>, 4> cases{{{24, 4032}, {52, 4056}, {168, 4032}, {365, 3650}}};
    for (const auto& [period, n] : cases) {
        const Arima model(bench_any_season_plan, {.seasonal_period = period});
        times.push_back(times_of(model, {0.4, -0.5, -0.6}, static_cast<std::size_t>(n), rounds));
    }
    const Arima two(bench_two_seasons_plan);
    times.push_back(times_of(two, {-0.4, -0.5, -0.6}, 4032, rounds));
    return times;
}

} // namespace timeloom::bench
