// Forecasts of many series on all cores, each by the order that the search finds for it.
#include "arrays.hpp"
#include "orders.hpp"
#include "parts.hpp"

#include <timeloom/runtime/arima/orders/auto_arima.hpp>
#include <timeloom/runtime/base/thread_pool.hpp>
#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/series/distributions.hpp>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

namespace timeloom_python {

namespace {

using namespace nb::literals;
using timeloom::AutoArimaSelection;
using timeloom::Regressors;

/// What is asked for: series i are the values from offsets[i] to offsets[i + 1].
struct Fleet {
    std::span<const double> values;
    std::span<const std::int64_t> offsets;
    std::size_t horizon;
    std::vector<double> levels; ///< probabilities of the intervals
    timeloom::AutoArimaOptions options;
    Regressors exog;   ///< a row for each value
    Regressors future; ///< `horizon` rows for each series

    std::size_t size() const { return offsets.size() - 1; }
    std::span<const double> series(std::size_t i) const {
        const auto begin = static_cast<std::size_t>(offsets[i]),
                   end = static_cast<std::size_t>(offsets[i + 1]);
        return values.subspan(begin, end - begin);
    }
    Regressors exog_of(std::size_t i) const {
        const auto begin = static_cast<std::size_t>(offsets[i]);
        return {exog.values.subspan(begin * exog.columns, series(i).size() * exog.columns), exog.columns};
    }
    Regressors future_of(std::size_t i) const {
        const std::size_t size = horizon * future.columns;
        return {future.values.subspan(i * size, size), future.columns};
    }
};

struct FleetForecast {
    std::vector<double> mean;               ///< (series, horizon)
    std::vector<double> lower, upper;       ///< (level, series, horizon)
    std::vector<std::string> status, model; ///< of each series
};

/// Each series by itself, so that its forecast has the same bits in every fleet.
class Forecaster {
  public:
    Forecaster(const Fleet& fleet, int period)
        : fleet_(fleet), search_(search_limits(period), search_plan()) {
        const std::size_t n = fleet.size(), h = fleet.horizon, nan_count = fleet.levels.size() * n * h;
        result_.mean.assign(n * h, std::nan(""));
        result_.lower.assign(nan_count, std::nan(""));
        result_.upper = result_.lower;
        result_.status.resize(n);
        result_.model.resize(n);
        for (const double level : fleet.levels) {
            quantiles_.push_back(timeloom::normal_quantile(0.5 + level / 2));
        }
    }

    void forecast(std::size_t i) {
        try {
            timeloom::AutoArimaOptions options = fleet_.options;
            options.exog = fleet_.exog_of(i);
            const AutoArimaSelection chosen = search_.select(fleet_.series(i), options);
            if (!chosen.fit.ok()) {
                result_.status[i] = "failed: " + chosen.fit.message;
                return;
            }
            set_forecast(i, chosen);
            result_.status[i] = timeloom::to_string(chosen.fit.status);
        } catch (const timeloom::Error& error) {
            result_.status[i] = std::string("failed: ") + error.what();
        }
    }

    FleetForecast take() { return std::move(result_); }

  private:
    void set_forecast(std::size_t i, const AutoArimaSelection& chosen) {
        const std::size_t h = fleet_.horizon, n = fleet_.size();
        const timeloom::ArimaResults results =
            search_.fit(fleet_.series(i), chosen,
                        {.cov_type = timeloom::CovarianceType::none, .exog = fleet_.exog_of(i)});
        const std::vector<double> future = chosen.chosen_regressors(fleet_.future_of(i));
        const timeloom::ArimaForecast f = results.forecast(h, {.exog = {future, chosen.exog_columns.size()}});
        std::copy(f.predicted_mean.begin(), f.predicted_mean.end(), result_.mean.begin() + at(i * h));
        for (std::size_t l = 0; l < quantiles_.size(); ++l) {
            for (std::size_t t = 0; t < h; ++t) {
                result_.lower[(l * n + i) * h + t] = f.predicted_mean[t] - quantiles_[l] * f.se_mean[t];
                result_.upper[(l * n + i) * h + t] = f.predicted_mean[t] + quantiles_[l] * f.se_mean[t];
            }
        }
        result_.model[i] =
            timeloom::name_of(chosen.orders) + (chosen.trend == timeloom::Trend::n ? "" : " with constant");
    }
    static std::ptrdiff_t at(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }

    const Fleet& fleet_;
    timeloom::AutoArima search_;
    std::vector<double> quantiles_;
    FleetForecast result_;
};

/// Thrown where Python has an exception to raise, such as KeyboardInterrupt.
struct Interrupted {};

/// Runs on all threads; between series, `go_on` may end it (Ctrl-C).
template <class GoOn>
FleetForecast forecast_all(const Fleet& fleet, int period, std::size_t threads, GoOn&& go_on) {
    Forecaster forecaster(fleet, period);
    timeloom::ThreadPool pool(std::min(threads == 0 ? std::thread::hardware_concurrency() : threads,
                                       std::max<std::size_t>(fleet.size(), 1)));
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stopped{false};
    pool.run(pool.threads(), [&](std::size_t thread) {
        for (std::size_t i; !stopped && (i = next++) < fleet.size();) {
            forecaster.forecast(i);
            if (thread == 0 && !go_on(next)) {
                stopped = true;
            }
        }
    });
    if (stopped) {
        throw Interrupted{};
    }
    return forecaster.take();
}

void require_offsets(std::span<const std::int64_t> offsets, std::size_t values) {
    const bool rises = std::is_sorted(offsets.begin(), offsets.end());
    if (offsets.empty() || !rises || offsets.front() != 0 ||
        offsets.back() != static_cast<std::int64_t>(values)) {
        throw timeloom::Error("the offsets of the series must rise from 0 to the number of values");
    }
}

/// (mean, lower, upper, status, model); `progress` is called with the number of series begun, or None.
nb::tuple forecast_fleet(const Doubles& values, const Array<std::int64_t>& offsets, std::size_t horizon,
                         int period, const std::vector<double>& levels,
                         const timeloom::AutoArimaOptions& options, const std::optional<Matrix>& exog,
                         const std::optional<Matrix>& future, std::size_t threads,
                         const nb::object& progress) {
    require_offsets(span_of(offsets), values.size());
    const Fleet fleet{span_of(values),     span_of(offsets),     horizon, levels, options,
                      regressors_of(exog), regressors_of(future)};
    if (fleet.exog.columns != fleet.future.columns ||
        fleet.exog.values.size() != values.size() * fleet.exog.columns ||
        fleet.future.values.size() != fleet.size() * horizon * fleet.future.columns) {
        throw timeloom::Error(
            "regressors need a row for each value and for each step to forecast, with the same columns");
    }
    const auto go_on = [&](std::size_t done) {
        const nb::gil_scoped_acquire lock;
        if (!progress.is_none() && !PyErr_Occurred()) {
            try {
                progress(std::min(done, fleet.size()), fleet.size());
            } catch (nb::python_error& error) {
                error.restore();
            }
        }
        return !PyErr_Occurred() && PyErr_CheckSignals() == 0;
    };
    FleetForecast f;
    bool is_interrupted = false;
    try {
        f = without_lock([&] { return forecast_all(fleet, period, threads, go_on); });
    } catch (const Interrupted&) {
        is_interrupted = true;
    }
    if (is_interrupted) {
        nb::raise_python_error();
    }
    return nb::make_tuple(to_numpy(std::move(f.mean)), to_numpy(std::move(f.lower)),
                          to_numpy(std::move(f.upper)), f.status, f.model);
}

} // namespace

void add_fleets(nb::module_& module) {
    module.def("forecast_fleet", &forecast_fleet, "values"_a, "offsets"_a, "horizon"_a, "season_length"_a,
               "levels"_a, "options"_a, "exog"_a.none(), "future"_a.none(), "threads"_a, "progress"_a.none());
}

} // namespace timeloom_python
