#include "arima_passed_over.hpp"

#include "../../airline/passengers.hpp"
#include "any_season_family.timeloom.hpp"

#include "timeloom/runtime/arima/estimation/order_points.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <optional>
#include <vector>

namespace timeloom::bench {

using namespace detail;

namespace {

/// The airline passengers' first 60, 61, … 144 values.
std::vector<NamedSeries> airline_prefixes() {
    std::vector<NamedSeries> prefixes;
    for (std::size_t n = 60; n <= airline::passengers.size(); ++n) {
        NamedSeries& prefix = prefixes.emplace_back();
        prefix.id = "airline, " + std::to_string(n) + " values";
        for (std::size_t i = 0; i < n; ++i) {
            prefix.values.push_back(static_cast<double>(airline::passengers[i]));
        }
    }
    return prefixes;
}

/// The thorough fit of a model, where it is one that the search would take.
std::optional<double> aicc_of(const TriedOrders& tried, const std::vector<double>& y, double min_root) {
    const Arima model(tried.orders, tried.trend, any_season_family_plan);
    const std::size_t constant = tried.trend == plan::Trend::n ? 0 : 1;
    try {
        const ArimaResults results = model.fit(y, {.cov_type = CovarianceType::none});
        std::vector<double> params = results.params();
        params.pop_back();
        const std::vector<double> coefficients =
            to_kernel_order(tried.orders.filter(), std::span(params).subspan(constant));
        if (roots_beyond(coefficients, tried.orders.filter(), min_root)) {
            return results.aicc();
        }
    } catch (const Error&) { // no model of this series
    }
    return std::nullopt;
}

double seconds_since(std::clock_t begin) {
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// What the models that were tried hold against the one that was selected.
struct Verdict {
    TriedOrders best;
    double gain = 0; ///< of the AICc
    std::size_t fitted = 0;
};

Verdict judged(const AutoArimaSelection& selection, const std::vector<double>& y,
               const PassedOverOptions& options) {
    Verdict verdict;
    const double selected = selection.fit.aicc();
    for (const TriedOrders& tried : selection.tried) {
        const bool itself = tried.orders == selection.orders && tried.trend == selection.trend;
        if (itself || !(tried.aicc < selected + options.within)) {
            continue;
        }
        ++verdict.fitted;
        const std::optional<double> aicc = aicc_of(tried, y, AutoArimaOptions{}.min_root);
        if (aicc && selected - *aicc > verdict.gain) {
            verdict.best = tried;
            verdict.gain = selected - *aicc;
        }
    }
    return verdict;
}

} // namespace

void judge_automatic_orders(const PassedOverOptions& options) {
    const bool is_airline = options.csv.empty();
    const std::vector<NamedSeries> series =
        is_airline ? airline_prefixes() : read_wide_csv(options.csv, {.header = WideCsvHeader::present});
    const AutoArima automatic(any_season_family_plan, {.seasonal_period = is_airline ? 12 : options.season});
    std::size_t count = 0, passed_over = 0, fitted = 0;
    double searching = 0;
    for (std::size_t i = 0; i < series.size(); i += options.every) {
        const std::clock_t begin = std::clock();
        const AutoArimaSelection selection = automatic.select(series[i].values);
        searching += seconds_since(begin);
        if (!selection.fit.ok() || selection.fit.status == FitStatus::constant) {
            continue;
        }
        const Verdict verdict = judged(selection, series[i].values, options);
        ++count;
        fitted += verdict.fitted;
        if (verdict.gain > options.tolerance) {
            ++passed_over;
            std::printf("%s: %s has AICc %.3f, but %s, which was tried, %.3f\n", series[i].id.c_str(),
                        name_of(selection.orders).c_str(), selection.fit.aicc(),
                        name_of(verdict.best.orders).c_str(), selection.fit.aicc() - verdict.gain);
        }
    }
    std::printf("%zu of %zu series have a better model than the one selected by more than %g, of those that "
                "the search tried (%zu fitted again); the searches took %.3f s of processor time\n",
                passed_over, count, options.tolerance, fitted, searching);
}

} // namespace timeloom::bench
