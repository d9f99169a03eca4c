#include "timeloom/runtime/arima/auto_arima.hpp"

#include "timeloom/runtime/arima/order_selection.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/thread_pool.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>

namespace timeloom {

namespace {

/// Series that wait for each other's estimates, so that lanes are full. Fixed, so that results do not depend
/// on the threads.
constexpr std::size_t part_size = 16;

void require_options(const AutoArimaOptions& o) {
    const bool negative =
        std::min({o.max_d, o.max_D, o.max_p, o.max_q, o.max_P, o.max_Q, o.max_order, o.start_p, o.start_q,
                  o.start_P, o.start_Q, o.d.value_or(0), o.D.value_or(0)}) < 0;
    if (negative) {
        throw Error("auto-ARIMA: orders and their limits may not be negative");
    }
    // Each by itself first, because the sum of huge numbers would overflow.
    const int d = o.d.value_or(0), D = o.D.value_or(0);
    if (d > 3 || D > 3 || d + D > 3) {
        throw Error("auto-ARIMA: d is " + std::to_string(d) + " and D " + std::to_string(D) +
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
void select_together(const dsl::arima_orders& most, const ArimaKernelTable& kernels,
                     std::span<const std::span<const double>> series, const AutoArimaOptions& options,
                     std::span<AutoArimaSelection> results) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<OrderSelection> selections;
    for (const std::span<const double> y : series) {
        selections.emplace_back(most, y, options);
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
        const std::vector<Estimate> estimates = estimate_orders(kernels, jobs);
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

AutoArima::AutoArima(const dsl::arima_orders& most, const ArimaKernelTable& kernels)
    : most_(most), kernels_(&kernels) {
    require_valid_orders(most);
    if (most.second_p + most.second_d + most.second_q > 0) {
        throw Error("the automatic search is over one season, but " + name_of(most) + " has two");
    }
    serving_filter(kernels, most.filter());
}

AutoArimaSelection AutoArima::select(std::span<const double> y, const AutoArimaOptions& options) const {
    require_options(options);
    AutoArimaSelection selection;
    select_together(most_, *kernels_, std::span(&y, 1), options, std::span(&selection, 1));
    return selection;
}

std::vector<AutoArimaSelection> AutoArima::select_many(std::span<const std::vector<double>> series,
                                                       const AutoArimaManyOptions& options) const {
    require_options(options.each);
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
        select_together(most_, *kernels_, values, options.each, std::span(results).subspan(first, count));
        if (options.progress) {
            const std::lock_guard lock(mutex);
            options.progress(done += count, series.size());
        }
    });
    return results;
}

ArimaResults AutoArima::fit(std::span<const double> y, const AutoArimaOptions& options) const {
    return fit(y, select(y, options));
}

ArimaResults AutoArima::fit(std::span<const double> y, const AutoArimaSelection& selection,
                            const ArimaFitOptions& fit_options) const {
    if (selection.fit.status == FitStatus::failed) {
        throw Error("auto-ARIMA has no model to fit: " + selection.fit.message);
    }
    ArimaFitOptions options = fit_options;
    if (options.start_params.empty() && selection.fit.status != FitStatus::constant) {
        options.start_params = selection.fit.params;
    }
    return Arima(selection.orders, selection.trend, *kernels_).fit(y, options);
}

} // namespace timeloom
