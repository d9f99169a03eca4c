#include "timeloom/runtime/arima/orders/auto_arima.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/data/regressors_of_many.hpp"
#include "timeloom/runtime/arima/orders/order_selection.hpp"
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>

namespace timeloom {

using namespace detail;

namespace {

/// Series that wait for each other's estimates, so that lanes are full. Fixed, so that results do not depend
/// on the threads.
constexpr std::size_t part_size = 32;

void require_options(const AutoArimaOptions& o) {
    const bool negative =
        std::min({o.max_d, o.max_D, o.max_p, o.max_q, o.max_P, o.max_Q, o.max_order, o.start_p, o.start_q,
                  o.start_P, o.start_Q, o.d.value_or(0), o.D.value_or(0), o.second_D.value_or(0),
                  o.max_second_D, o.max_second_P, o.max_second_Q, o.start_second_P, o.start_second_Q}) < 0;
    if (negative) {
        throw Error("auto-ARIMA: orders and their limits may not be negative");
    }
    // Each by itself first, because the sum of huge numbers would overflow.
    const int d = o.d.value_or(0), D = o.D.value_or(0), second_D = o.second_D.value_or(0);
    if (d > 3 || D > 3 || second_D > 3 || d + D + second_D > 3) {
        throw Error("auto-ARIMA: d is " + std::to_string(d) + " and D " + std::to_string(D) +
                    (second_D > 0 ? " and second_D " + std::to_string(second_D) : "") +
                    "; more than 3 differences leave nothing to model");
    }
    if (!(o.min_root >= 1)) {
        throw Error("auto-ARIMA: min_root is " + std::to_string(o.min_root) + ", but must be at least 1");
    }
    if (!(o.alpha >= 0.01 && o.alpha <= 0.1)) {
        throw Error("auto-ARIMA: alpha is " + std::to_string(o.alpha) +
                    ", but the KPSS test has its table between 0.01 and 0.1");
    }
}

/// Selects for all series of a part, in rounds of estimates for all of them.
void select_together(const plan::ArimaOrders& most, const plan::ArimaFilters& plan,
                     std::span<const std::span<const double>> series, std::span<const Regressors> exog,
                     const AutoArimaOptions& options, std::span<AutoArimaSelection> results) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<OrderSelection> selections;
    for (std::size_t i = 0; i < series.size(); ++i) {
        selections.emplace_back(most, series[i], exog[i], options);
    }
    for (std::vector<EstimationJob> jobs;; jobs.clear()) {
        std::vector<std::size_t> ends;
        for (OrderSelection& selection : selections) {
            selection.append_jobs(jobs);
            ends.push_back(jobs.size());
        }
        if (jobs.empty()) {
            break;
        }
        const std::vector<Estimate> estimates = estimate_orders(plan, jobs);
        for (std::size_t i = 0, first = 0; i < ends.size(); first = ends[i++]) {
            if (ends[i] > first) {
                selections[i].tell(std::span(estimates).subspan(first, ends[i] - first));
            }
        }
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    for (std::size_t i = 0; i < series.size(); ++i) {
        results[i] = selections[i].take();
        results[i].seconds = taken.count() / static_cast<double>(series.size());
    }
}

} // namespace

std::vector<double> AutoArimaSelection::chosen_regressors(const Regressors& exog) const {
    if (exog_columns.empty()) {
        return {};
    }
    const std::size_t needed = std::ranges::max(exog_columns) + 1;
    if (exog.columns < needed || exog.values.size() % exog.columns != 0) {
        throw Error("the model that was selected has regressor " + std::to_string(needed) + ", but " +
                    std::to_string(exog.values.size()) + " values in " + std::to_string(exog.columns) +
                    " columns were given");
    }
    std::vector<double> values;
    for (std::size_t row = 0; row < exog.values.size(); row += exog.columns) {
        for (const std::size_t k : exog_columns) {
            values.push_back(exog.values[row + k]);
        }
    }
    return values;
}

AutoArima::AutoArima(const plan::ArimaFamily& plan, const SeasonOptions& season)
    : AutoArima(family_with_period(plan.orders, season), plan) {}

AutoArima::AutoArima(const plan::ArimaOrders& most, const plan::ArimaFilters& plan)
    : most_(most), plan_(plan) {
    require_valid_orders(most);
    serving_filter(plan, most.filter());
}

AutoArimaSelection AutoArima::select(std::span<const double> y, const AutoArimaOptions& options) const try {
    require_options(options);
    AutoArimaSelection selection;
    select_together(most_, plan_, std::span(&y, 1), std::span(&options.exog, 1), options,
                    std::span(&selection, 1));
    return selection;
} catch (...) {
    detail::rethrow_as_error("select");
}

std::vector<AutoArimaSelection> AutoArima::select_many(std::span<const std::vector<double>> series,
                                                       const AutoArimaManyOptions& options) const try {
    require_options(options.each);
    const RegressorsOfMany exog("select_many", options.each.exog, options.exog, series.size());
    std::vector<AutoArimaSelection> results(series.size());
    std::mutex mutex;
    std::size_t done = 0;
    const std::size_t parts = (series.size() + part_size - 1) / part_size;
    ThreadPool pool(std::min(options.threads, std::max<std::size_t>(1, parts)));
    pool.run(parts, [&](std::size_t part) {
        const std::size_t first = part * part_size;
        const std::size_t count = std::min(part_size, series.size() - first);
        const std::span own = series.subspan(first, count);
        const std::vector<std::span<const double>> values(own.begin(), own.end());
        std::vector<Regressors> own_exog;
        for (std::size_t i = first; i < first + count; ++i) {
            own_exog.push_back(exog[i]);
        }
        select_together(most_, plan_, values, own_exog, options.each,
                        std::span(results).subspan(first, count));
        if (options.progress) {
            const std::lock_guard lock(mutex);
            options.progress(done += count, series.size());
        }
    });
    return results;
} catch (...) {
    detail::rethrow_as_error("select_many");
}

ArimaResults AutoArima::fit(std::span<const double> y, const AutoArimaOptions& options) const try {
    return fit(y, select(y, options), {.exog = options.exog});
} catch (...) {
    detail::rethrow_as_error("fit");
}

ArimaResults AutoArima::fit(std::span<const double> y, const AutoArimaSelection& selection,
                            const ArimaFitOptions& fit_options) const try {
    if (selection.fit.status == FitStatus::failed) {
        throw Error("auto-ARIMA has no model to fit: " + selection.fit.message);
    }
    ArimaFitOptions options = fit_options;
    require_rows(y, options.exog);
    const std::vector<double> exog = selection.chosen_regressors(options.exog);
    options.exog = {exog, selection.exog_columns.size()};
    if (options.start_params.empty() && selection.fit.status != FitStatus::constant) {
        options.start_params = selection.fit.params;
    }
    return Arima(selection.orders, selection.trend, plan_).fit(y, options);
} catch (...) {
    detail::rethrow_as_error("fit");
}

} // namespace timeloom
