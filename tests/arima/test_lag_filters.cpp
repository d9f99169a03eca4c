// Generated lag filters against naive loops over the expanded polynomials.
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "any_season.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "reference_arma.hpp"
#include "seasonal_only.timeloom.hpp"

#include "timeloom/runtime/arima/likelihood/filter_series.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

/// Small coefficients, so that nothing explodes whatever they are.
std::vector<double> some_coefficients(const plan::LagFilter& f, Random& random) {
    std::vector<double> c(static_cast<std::size_t>(f.parameters()));
    for (double& x : c) {
        x = 0.8 * static_cast<double>(random.uniform()) - 0.4;
    }
    return c;
}

ReferenceArma reference(const plan::LagFilter& f, const std::vector<double>& c) {
    const auto part = [&](int first, int count) {
        return std::vector<double>(c.begin() + first, c.begin() + first + count);
    };
    const auto s = static_cast<std::size_t>(f.seasonal_period);
    return {expanded(part(0, f.p), part(f.p, f.seasonal_p), s, -1.0),
            expanded(part(f.p + f.seasonal_p, f.q), part(f.p + f.seasonal_p + f.q, f.seasonal_q), s, 1.0)};
}

/// One step: ε_t from w, or w_t from ε, with zeros before the first.
double step(const ReferenceArma& arma, const std::vector<double>& w, const std::vector<double>& e,
            std::size_t t) {
    double sum = 0;
    for (std::size_t i = 1; i <= arma.phi.size() && i <= t; ++i) {
        sum += arma.phi[i - 1] * w[t - i];
    }
    for (std::size_t j = 1; j <= arma.theta.size() && j <= t; ++j) {
        sum += arma.theta[j - 1] * e[t - j];
    }
    return sum;
}

// Without coefficients there is nothing to differentiate by.
static_assert(random_walk_plan.filters[0].find(plan::LagFilterKind::gradient) == nullptr);

/// Kernels and a name; a season whose period is open in several lengths.
std::vector<std::pair<plan::LagFilterKernels, std::string>> all_filters() {
    std::vector<std::pair<plan::LagFilterKernels, std::string>> all;
    for (const plan::ArimaFilters* table :
         {&airline_plan, &all_factors_plan, &arma22_plan, &random_walk_plan, &seasonal_only_plan}) {
        all.emplace_back(table->filters[0], table->name);
    }
    for (const int period : {2, 3, 4, 5, 7, 24, 168}) {
        all.emplace_back(any_season_plan.filters[0].at_period(period),
                         "any_season at " + std::to_string(period));
    }
    return all;
}

} // namespace

TEST_CASE("residuals, continuations and syntheses equal naive loops for any length and number of series") {
    for (const auto& [kernels, name] : all_filters()) {
        const plan::LagFilter& f = kernels.filter;
        for (const std::size_t length : {1u, 2u, 7u, 30u, 61u, 350u}) {
            for (const std::size_t count : {1u, 8u, 11u}) {
                INFO(name << ", " << count << " series of length " << length);
                Random random(3, length);
                const std::vector<double> c = some_coefficients(f, random);
                const ReferenceArma arma = reference(f, c);
                std::vector<std::vector<double>> series(count, std::vector<double>(length));
                for (auto& w : series) {
                    for (double& x : w) {
                        x = random.normal();
                    }
                }
                constexpr std::size_t horizon = 17;
                const std::vector<FilteredSeries> filtered = filter_series(kernels, f, c, series, horizon);
                std::vector<std::vector<double>> residuals;
                for (std::size_t i = 0; i < count; ++i) {
                    std::vector<double> w = series[i];
                    std::vector<double> e(length + horizon);
                    for (std::size_t t = 0; t < length; ++t) {
                        e[t] = w[t] - step(arma, w, e, t);
                        CHECK(filtered[i].residuals[t] == Approx(e[t]).epsilon(1e-12).margin(1e-12));
                    }
                    for (std::size_t t = length; t < length + horizon; ++t) {
                        w.push_back(0.0);
                        w[t] = step(arma, w, e, t);
                        CHECK(filtered[i].continuation[t - length] ==
                              Approx(w[t]).epsilon(1e-12).margin(1e-12));
                    }
                    residuals.push_back(filtered[i].residuals);
                }
                const std::vector<std::vector<double>> again = synthesise(kernels, f, c, residuals);
                for (std::size_t i = 0; i < count; ++i) {
                    for (std::size_t t = 0; t < length; ++t) {
                        CHECK(again[i][t] == Approx(series[i][t]).epsilon(1e-11).margin(1e-11));
                    }
                }
            }
        }
    }
}
