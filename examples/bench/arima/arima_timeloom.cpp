#include "arima_timeloom.hpp"

#include "bench_airline.timeloom.hpp"
#include "bench_ar5.timeloom.hpp"
#include "bench_arma22.timeloom.hpp"
#include "bench_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/arima/estimation/estimation.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/error.hpp"

#include <chrono>
#include <cmath>

namespace timeloom::bench {

using namespace detail;

namespace {

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Arima model_of(const ArimaCase& c) {
    const plan::ArimaOrders orders{
        c.p, c.d, c.q, c.seasonal_p, c.seasonal_d, c.seasonal_q, std::max(1, c.season)};
    const plan::Trend trend = c.mean ? plan::Trend::differenced_mean : plan::Trend::n;
    for (const plan::ArimaFilters* table : {&bench_airline_plan, &bench_ar5_plan, &bench_arma22_plan}) {
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

/// At least 1,000 series at once, on one thread: those of the case over and over. `starts` as in
/// ArimaFitOptions.
std::vector<ArimaEstimate> fit_as_batch(const ArimaCase& c, std::size_t starts) {
    const Arima model = model_of(c);
    std::vector<std::vector<double>> series;
    while (series.size() < batch_size) {
        series.insert(series.end(), c.series.begin(), c.series.end());
    }
    const auto start = std::chrono::steady_clock::now();
    const std::vector<ArimaFit> fits =
        model.fit_many(series, {.fit = {.cov_type = CovarianceType::none, .starts = starts}, .threads = 1});
    const double each = milliseconds_since(start) / static_cast<double>(series.size());
    std::vector<ArimaEstimate> estimates;
    for (std::size_t i = 0; i < c.series.size(); ++i) {
        estimates.push_back({each, mean_last(c, fits[i].params), fits[i].llf, fits[i].message});
    }
    return estimates;
}

/// Likelihood and gradient of eight series at a time, as in a search: microseconds for one of them.
double likelihood_in_lanes(const ArimaCase& c, const std::vector<std::vector<double>>& coefficients) {
    constexpr int repeats = 200;
    const Arima model = model_of(c);
    const plan::LagFilter filter = model.orders().filter();
    double total = 0;
    for (std::size_t i = 0; i < c.series.size(); ++i) {
        const ArimaData data = prepare(c.series[i], {}, model.orders(), model.trend());
        const std::vector<double> arma(coefficients[i].begin(), coefficients[i].end() - (c.mean ? 1 : 0));
        const std::vector<std::vector<double>> points(plan::series_lanes * repeats,
                                                      to_kernel_order(filter, arma));
        const auto start = std::chrono::steady_clock::now();
        evaluate(model.kernels(), filter, data, points);
        total += milliseconds_since(start) * 1000 / static_cast<double>(points.size());
    }
    return total / static_cast<double>(c.series.size());
}

/// After all but the last observation of each series; the last one is then taken again and again.
double update_of_stream(const ArimaCase& c, const std::vector<std::vector<double>>& coefficients) {
    constexpr int repeats = 10'000;
    const Arima model = model_of(c);
    double total = 0;
    for (std::size_t i = 0; i < c.series.size(); ++i) {
        std::vector<double> params = coefficients[i];
        std::rotate(params.begin(), params.end() - (c.mean ? 1 : 0), params.end());
        const std::span<const double> y = c.series[i];
        ArimaStream stream(model.smooth(y.first(y.size() - 1), params));
        double sum = 0;
        const auto start = std::chrono::steady_clock::now();
        for (int repeat = 0; repeat < repeats; ++repeat) {
            stream.update(y.back());
            sum += stream.next().upper;
        }
        if (!std::isfinite(sum)) { // which also keeps the loop
            throw Error("bench_arima: a stream of " + c.title + " has no interval");
        }
        total += milliseconds_since(start) * 1000 / repeats;
    }
    return total / static_cast<double>(c.series.size());
}

SelectedOrder selected(const AutoArimaSelection& selection, double milliseconds) {
    const plan::ArimaOrders& o = selection.orders;
    std::string text =
        "(" + std::to_string(o.p) + "," + std::to_string(o.d) + "," + std::to_string(o.q) + ")";
    if (o.seasonal_p + o.seasonal_d + o.seasonal_q > 0) {
        text += "(" + std::to_string(o.seasonal_p) + "," + std::to_string(o.seasonal_d) + "," +
                std::to_string(o.seasonal_q) + ")" + std::to_string(o.seasonal_period);
    }
    return {milliseconds, text};
}

/// The family is seasonal; without a season only its other filters serve.
AutoArima selector(const ArimaCase& c) {
    plan::ArimaOrders most = bench_orders_plan.orders;
    if (c.season <= 1) {
        most.seasonal_p = most.seasonal_d = most.seasonal_q = 0;
        most.seasonal_period = 1;
    }
    return {most, bench_orders_plan};
}

std::vector<SelectedOrder> select_one_by_one(const ArimaCase& c) {
    const AutoArima automatic = selector(c);
    std::vector<SelectedOrder> orders;
    for (const std::vector<double>& y : c.series) {
        const auto start = std::chrono::steady_clock::now();
        const AutoArimaSelection selection = automatic.select(y);
        orders.push_back(selected(selection, milliseconds_since(start)));
    }
    return orders;
}

std::vector<SelectedOrder> select_as_batch(const ArimaCase& c) {
    std::vector<std::vector<double>> series;
    while (series.size() < 200) {
        series.insert(series.end(), c.series.begin(), c.series.end());
    }
    const auto start = std::chrono::steady_clock::now();
    const std::vector<AutoArimaSelection> selections = selector(c).select_many(series, {.threads = 1});
    const double each = milliseconds_since(start) / static_cast<double>(series.size());
    std::vector<SelectedOrder> orders;
    for (std::size_t i = 0; i < c.series.size(); ++i) {
        orders.push_back(selected(selections[i], each));
    }
    return orders;
}

} // namespace

std::vector<ArimaContender> timeloom_arima_contenders() {
    const auto batch = [](std::size_t starts) {
        return [starts](const ArimaCase& c) { return fit_as_batch(c, starts); };
    };
    return {{"timeloom", TIMELOOM_VERSION, "one series at a time, with standard errors", fit_one_by_one,
             likelihood_in_lanes, select_one_by_one, update_of_stream},
            {"timeloom batch",
             TIMELOOM_VERSION,
             "1,000 series at once, one search each",
             batch(1),
             {},
             select_as_batch},
            {"timeloom batch, 8 starts",
             TIMELOOM_VERSION,
             "the same, up to eight searches each",
             batch(8),
             {},
             {}}};
}

std::vector<ArimaSetReport> fit_hard_series(const HardSeries& wanted) {
    std::vector<ArimaSetReport> reports;
    if (wanted.count == 0) {
        return reports;
    }
    KnownMaxima known(wanted.known);
    for (const ArimaSet& set : arima_sets(wanted.count)) {
        if (set.name.find(wanted.kind) != std::string::npos) {
            reports.push_back(fit_set(set, bench_orders_plan, wanted.starts, known));
        }
    }
    return reports;
}

} // namespace timeloom::bench
