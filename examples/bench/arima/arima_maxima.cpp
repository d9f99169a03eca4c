#include "arima_maxima.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <tuple>

namespace timeloom::bench {

namespace {

/// Counts processor time of this process, which other work on the machine does not lengthen.
double milliseconds_since(std::clock_t start) {
    return 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// Log-likelihoods of a group's series, and what finding them took.
struct GroupFits {
    std::vector<double> llf;
    std::size_t evaluations = 0;
};

/// Series of one model, and their places in the set.
struct ModelGroup {
    Arima model;
    std::vector<std::vector<double>> series;
    std::vector<std::size_t> places;
};

std::vector<ModelGroup> groups_of(const ArimaSet& set, const plan::ArimaFilters& kernels) {
    std::map<std::tuple<int, int, int, int, int, int, int>, std::size_t> known;
    std::vector<ModelGroup> groups;
    for (std::size_t i = 0; i < set.series.size(); ++i) {
        const ArimaSetSeries& s = set.series[i];
        const plan::ArimaOrders& o = s.orders;
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

GroupFits fits_one_by_one(const ModelGroup& group) {
    GroupFits fits;
    for (const std::vector<double>& y : group.series) {
        try {
            const ArimaResults results = group.model.fit(y);
            fits.llf.push_back(results.llf());
            fits.evaluations += results.evaluations();
        } catch (const Error&) {
            fits.llf.push_back(-HUGE_VAL);
        }
    }
    return fits;
}

GroupFits fits_of_batch(const ModelGroup& group, const ArimaFitOptions& options) {
    GroupFits fits;
    for (const ArimaFit& fit : group.model.fit_many(group.series, {.fit = options, .threads = 1})) {
        fits.llf.push_back(llf_of(fit));
        fits.evaluations += fit.evaluations;
    }
    return fits;
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
    const plan::ArimaOrders& o = model.orders();
    std::vector<double> params(model.trend() == plan::Trend::n ? 0 : 1);
    append_stationary(random, o.p, 1, params);
    append_stationary(random, o.q, -1, params);
    append_stationary(random, o.seasonal_p, 1, params);
    append_stationary(random, o.seasonal_q, -1, params);
    return params;
}

} // namespace

void ArimaSetReport::keep_best(const std::vector<double>& llf) {
    for (std::size_t i = 0; i < best.size(); ++i) {
        best[i] = std::max(best[i], llf[i]);
    }
}

std::size_t ArimaSetReport::hits(const ArimaSetFits& of, double tolerance) const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < best.size(); ++i) {
        count += of.llf[i] >= best[i] - tolerance ? 1 : 0;
    }
    return count;
}

ArimaSetReport fit_set(const ArimaSet& set, const plan::ArimaFilters& kernels, std::size_t starts,
                       KnownMaxima& known) {
    const std::size_t count = set.series.size();
    const std::vector<double> nothing(count, -HUGE_VAL);
    ArimaSetReport report{set.name, {}, nothing};
    const std::vector<ModelGroup> groups = groups_of(set, kernels);
    const auto fit_all = [&](const char* name, const auto& fits_of) {
        ArimaSetFits& fits = report.fits.emplace_back(ArimaSetFits{name, nothing});
        const std::clock_t begin = std::clock();
        for (const ModelGroup& group : groups) {
            const GroupFits own = fits_of(group);
            fits.evaluations += static_cast<double>(own.evaluations) / static_cast<double>(count);
            for (std::size_t i = 0; i < own.llf.size(); ++i) {
                fits.llf[group.places[i]] = own.llf[i];
            }
        }
        fits.milliseconds = milliseconds_since(begin) / static_cast<double>(count);
        report.keep_best(fits.llf);
    };
    fit_all("fit", fits_one_by_one);
    fit_all("fit_many", [](const ModelGroup& group) { return fits_of_batch(group, {.starts = 0}); });
    fit_all("one search", [](const ModelGroup& group) { return fits_of_batch(group, {.starts = 1}); });
    Random random(64);
    const bool is_known = known.starts(set.name, count) >= starts;
    for (std::size_t start = 0; start < starts && !is_known; ++start) {
        std::vector<double> best = nothing;
        for (const ModelGroup& group : groups) {
            const GroupFits fits = fits_of_batch(group, {.start_params = random_params(group.model, random)});
            for (std::size_t i = 0; i < fits.llf.size(); ++i) {
                best[group.places[i]] = fits.llf[i];
            }
        }
        report.keep_best(best);
    }
    report.keep_best(known.llf(set.name, count));
    known.raise(set.name, report.best, starts);
    return report;
}

} // namespace timeloom::bench
