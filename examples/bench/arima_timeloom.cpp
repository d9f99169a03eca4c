#include "arima_timeloom.hpp"

#include "bench_airline.timeloom.hpp"
#include "bench_ar5.timeloom.hpp"
#include "bench_arma22.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/error.hpp"

#include <chrono>

namespace timeloom::bench {

namespace {

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Arima model_of(const ArimaCase& c) {
    const dsl::arima_orders orders{
        c.p, c.d, c.q, c.seasonal_p, c.seasonal_d, c.seasonal_q, std::max(1, c.season)};
    const dsl::trend_kind trend = c.mean ? dsl::trend_kind::differenced_mean : dsl::trend_kind::n;
    for (const ArimaKernelTable* table :
         {&bench_airline_kernels, &bench_ar5_kernels, &bench_arma22_kernels}) {
        if (table->filters[0].filter == orders.filter()) {
            return {orders, trend, *table};
        }
    }
    throw Error("bench_arima: no kernels were generated for " + c.title);
}

/// The mean comes last here and first in Timeloom.
std::vector<double> mean_last(const ArimaCase& c, std::vector<double> params) {
    std::rotate(params.begin(), params.begin() + (c.mean ? 1 : 0), params.end());
    return params;
}

/// fit() with all it gives: standard errors, residuals.
std::vector<ArimaEstimate> fit_one_by_one(const ArimaCase& c) {
    const Arima model = model_of(c);
    std::vector<ArimaEstimate> estimates;
    for (const std::vector<double>& y : c.series) {
        ArimaEstimate& estimate = estimates.emplace_back();
        const auto start = std::chrono::steady_clock::now();
        const ArimaResults results = model.fit(y);
        estimate.milliseconds = milliseconds_since(start);
        std::vector<double> params = results.params();
        params.pop_back();
        estimate.coefficients = mean_last(c, params);
        estimate.llf = results.llf();
        estimate.failure = results.converged() ? "" : results.message();
    }
    return estimates;
}

constexpr std::size_t batch_size = 1000;

/// At least 1,000 series at once, on one thread: those of the case over and over.
std::vector<ArimaEstimate> fit_as_batch(const ArimaCase& c) {
    const Arima model = model_of(c);
    std::vector<std::vector<double>> series;
    while (series.size() < batch_size) {
        series.insert(series.end(), c.series.begin(), c.series.end());
    }
    const auto start = std::chrono::steady_clock::now();
    const std::vector<ArimaFit> fits = model.fit_many(series, {.threads = 1});
    const double each = milliseconds_since(start) / static_cast<double>(series.size());
    std::vector<ArimaEstimate> estimates;
    for (std::size_t i = 0; i < c.series.size(); ++i) {
        estimates.push_back({each, mean_last(c, fits[i].params), fits[i].llf, fits[i].message});
    }
    return estimates;
}

} // namespace

std::vector<ArimaContender> timeloom_arima_contenders() {
    return {
        {"timeloom", TIMELOOM_VERSION, "one series at a time, with standard errors", fit_one_by_one, {}, {}},
        {"timeloom batch", TIMELOOM_VERSION, "1,000 series at once, one thread", fit_as_batch, {}, {}}};
}

} // namespace timeloom::bench
