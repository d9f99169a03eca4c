#include "arima_maxima.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/random.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <tuple>

namespace timeloom::bench {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Series of one model, and their places in the set.
struct ModelGroup {
    Arima model;
    std::vector<std::vector<double>> series;
    std::vector<std::size_t> places;
};

std::vector<ModelGroup> groups_of(const ArimaSet& set, const ArimaKernelTable& kernels) {
    std::map<std::tuple<int, int, int, int, int, int, int>, std::size_t> known;
    std::vector<ModelGroup> groups;
    for (std::size_t i = 0; i < set.series.size(); ++i) {
        const ArimaSetSeries& s = set.series[i];
        const dsl::arima_orders& o = s.orders;
        const auto key =
            std::tuple(o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q, static_cast<int>(s.trend));
        const auto [place, is_new] = known.try_emplace(key, groups.size());
        if (is_new) {
            groups.push_back({Arima(o, s.trend, kernels), {}, {}});
        }
        groups[place->second].series.push_back(s.y);
        groups[place->second].places.push_back(i);
    }
    return groups;
}

double llf_of(const ArimaFit& fit) {
    return fit.status == FitStatus::failed || fit.status == FitStatus::constant || std::isnan(fit.llf)
               ? -HUGE_VAL
               : fit.llf;
}

void append_stationary(Random& random, int order, double sign, std::vector<double>& params) {
    std::vector<double> c;
    for (int k = 0; k < order; ++k) {
        const auto partial = static_cast<double>(random.uniform(-0.99F, 0.99F));
        const std::vector<double> below = c;
        for (std::size_t i = 0; i < below.size(); ++i) {
            c[i] -= partial * below[below.size() - 1 - i];
        }
        c.push_back(partial);
    }
    for (const double x : c) {
        params.push_back(sign * x);
    }
}

/// In the order of param_names().
std::vector<double> random_params(const Arima& model, Random& random) {
    const dsl::arima_orders& o = model.orders();
    std::vector<double> params(model.trend() == dsl::trend_kind::n ? 0 : 1);
    append_stationary(random, o.p, 1, params);
    append_stationary(random, o.q, -1, params);
    append_stationary(random, o.seasonal_p, 1, params);
    append_stationary(random, o.seasonal_q, -1, params);
    return params;
}

} // namespace

std::size_t ArimaSetReport::hits(const ArimaSetFits& of, double tolerance) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < best.size(); ++i) {
        count += of.llf[i] >= best[i] - tolerance ? 1 : 0;
    }
    return count;
}

ArimaSetReport fit_set(const ArimaSet& set, const ArimaKernelTable& kernels, std::size_t starts) {
    const std::size_t count = set.series.size();
    const std::vector<double> nothing(count, -HUGE_VAL);
    ArimaSetReport report{set.name, {{"fit", nothing}, {"fit_many", nothing}}, nothing};
    const auto keep = [&](std::size_t i, double llf) { report.best[i] = std::max(report.best[i], llf); };
    ArimaSetFits &one = report.fits[0], &many = report.fits[1];
    Random random(64);
    for (const ModelGroup& group : groups_of(set, kernels)) {
        auto begin = Clock::now();
        for (std::size_t i = 0; i < group.series.size(); ++i) {
            try {
                one.llf[group.places[i]] = group.model.fit(group.series[i]).llf();
                keep(group.places[i], one.llf[group.places[i]]);
            } catch (const Error&) { // stays without a likelihood
            }
        }
        one.milliseconds += milliseconds_since(begin) / static_cast<double>(count);
        begin = Clock::now();
        const std::vector<ArimaFit> fits = group.model.fit_many(group.series, {.threads = 1});
        many.milliseconds += milliseconds_since(begin) / static_cast<double>(count);
        for (std::size_t i = 0; i < fits.size(); ++i) {
            many.llf[group.places[i]] = llf_of(fits[i]);
            keep(group.places[i], llf_of(fits[i]));
        }
        for (std::size_t start = 0; start < starts; ++start) {
            FitManyOptions from{.threads = 1};
            from.fit.start_params = random_params(group.model, random);
            const std::vector<ArimaFit> others = group.model.fit_many(group.series, from);
            for (std::size_t i = 0; i < others.size(); ++i) {
                keep(group.places[i], llf_of(others[i]));
            }
        }
    }
    return report;
}

} // namespace timeloom::bench
