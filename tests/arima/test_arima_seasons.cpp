// Long seasons: what is computed by the structure of their presample against the same by dense matrices.
#include "../support/arma_coefficients.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "any_airline.timeloom.hpp"
#include "any_season.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "ma3.timeloom.hpp"
#include "two_seasonal.timeloom.hpp"

#include "timeloom/runtime/arima/likelihood/arima_state.hpp"
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

std::vector<double> random_coefficients(Random& random, const plan::LagFilter& f, double limit) {
    std::vector<double> all;
    for (const plan::LagFactor& factor : plan::factors(f)) {
        for (const double c : random_factor(random, factor.terms, limit)) {
            all.push_back(factor.moving_average ? -c : c);
        }
    }
    return all;
}

std::vector<double> random_values(Random& random, std::size_t n) {
    std::vector<double> values(n);
    for (double& x : values) {
        x = random.normal();
    }
    return values;
}

/// Means and variances of what comes next, over observations of which some are missing.
void compare_states(ArimaState dense, ArimaState structured, Random& random) {
    for (int t = 0; t < 60; ++t) {
        CHECK(structured.mean() == Approx(dense.mean()).epsilon(1e-9).margin(1e-9));
        CHECK(structured.variance() == Approx(dense.variance()).epsilon(1e-9));
        if (t % 7 == 3) {
            dense.skip();
            structured.skip();
        } else {
            const double y = random.normal();
            dense.observe(y);
            structured.observe(y);
        }
    }
}

} // namespace

TEST_CASE("prediction errors and the state after a series are those of recursive least squares") {
    for (const plan::ArimaFilters* table :
         {&airline_plan, &all_factors_plan, &any_season_plan, &arma22_plan, &ma3_plan, &two_seasonal_plan}) {
        plan::ArimaOrders orders = table->orders;
        if (orders.seasonal_period == plan::any_period) {
            orders.seasonal_period = 29;
        }
        const plan::LagFilterKernels kernels = table->filters[0].at_period(orders.seasonal_period);
        for (const std::size_t n : {30u, 61u, 400u}) {
            for (const double limit : {0.6, 0.95, 0.999}) {
                INFO(table->name << ", " << n << " values, partial autocorrelations up to " << limit);
                Random random(23, n);
                const std::vector<double> c = random_coefficients(random, orders.filter(), limit);
                const ArmaSeries series{random_values(random, n), {}};
                const std::size_t horizon = ArimaState::horizon_needed(orders);
                const auto known = [&](int longest_dense) {
                    return innovations(kernels, orders.filter(), c, series, horizon, true, longest_dense);
                };
                const Innovations dense = known(1000), structured = known(0);
                REQUIRE(structured.state);
                REQUIRE(structured.errors.size() == n);
                for (std::size_t t = 0; t < n; ++t) {
                    CHECK(structured.errors[t] == Approx(dense.errors[t]).epsilon(1e-8).margin(1e-8));
                    CHECK(structured.variances[t] == Approx(dense.variances[t]).epsilon(1e-8));
                }
                const LastLevels none{
                    std::vector<double>(static_cast<std::size_t>(orders.lost()), 0.5),
                    std::vector<std::vector<double>>(
                        dense.unknowns.size(), std::vector<double>(static_cast<std::size_t>(orders.lost()))),
                    {}};
                const LastLevels no_unknowns{none.values, {}, {}};
                compare_states({orders, c, 0.1, dense, none}, {orders, c, 0.1, structured, no_unknowns},
                               random);
            }
        }
    }
}

namespace {

double objective(const GaussianParts& parts) {
    const auto n = static_cast<double>(parts.observations);
    return 0.5 * n * std::log(parts.sum_of_squares / n) + 0.5 * parts.log_determinant;
}

} // namespace

TEST_CASE("likelihood and gradient for any period equal those of the covariance matrix") {
    for (const int period : {2, 3, 5, 7, 12, 24, 52, 168}) {
        const plan::LagFilterKernels kernels = any_season_plan.filters[0].at_period(period);
        plan::LagFilter orders = kernels.filter;
        orders.p = std::min(orders.p, period - 1);
        const std::size_t n = period < 50 ? 90 : 2 * static_cast<std::size_t>(period) + 30;
        INFO("period " << period);
        Random random(31, static_cast<std::uint64_t>(period));
        LikelihoodTile tile(kernels, {.orders = orders, .most_steps = static_cast<int>(n)});
        std::vector<std::vector<double>> series;
        std::vector<Coefficients> coefficients;
        constexpr std::size_t used = 3;
        for (std::size_t l = 0; l < used; ++l) {
            series.push_back(random_values(random, n - 7 * l));
            coefficients.emplace_back(random, orders, 0.75);
            tile.set_series(l, series[l], {});
            set_coefficients(tile, l, kernels.filter, coefficients[l]);
        }
        tile.evaluate();
        tile.evaluate_gradient();
        for (std::size_t l = 0; l < used; ++l) {
            const auto value = [&] {
                return objective(gaussian_parts(coefficients[l].reference(orders), series[l]));
            };
            CHECK(tile.value()[l] == Approx(value()).epsilon(1e-9).margin(1e-9));
        }
        const auto value = [&] {
            return objective(gaussian_parts(coefficients[0].reference(orders), series[0]));
        };
        std::vector<int> rows;
        for (int i = 0; i < kernels.filter.parameters(); ++i) {
            if (i < orders.p || i >= kernels.filter.p) {
                rows.push_back(i);
            }
        }
        const std::vector<double*> all = coefficients[0].all();
        REQUIRE(rows.size() == all.size());
        for (std::size_t k = 0; k < all.size(); ++k) {
            INFO("coefficient " << k);
            CHECK(tile.gradient()[rows[k]][0] ==
                  Approx(central_difference(*all[k], 1e-5, value)).epsilon(2e-5).margin(1e-4));
        }
    }
}

TEST_CASE("a period that is given and one that is declared have the same values") {
    for (const auto& [declared, given] :
         {std::pair(&airline_plan, &any_airline_plan), std::pair(&all_factors_plan, &any_season_plan)}) {
        const plan::LagFilterKernels& compiled = declared->filters[0];
        const plan::LagFilter& f = compiled.filter;
        Random random(37);
        const Coefficients c(random, f);
        const std::vector<double> w = random_values(random, 77);
        const auto tile_of = [&](const plan::LagFilterKernels& kernels) {
            LikelihoodTile tile(kernels, {.orders = f, .most_steps = 77});
            tile.set_series(0, w, {});
            set_coefficients(tile, 0, f, c);
            tile.evaluate();
            tile.evaluate_gradient();
            return tile;
        };
        const LikelihoodTile a = tile_of(compiled),
                             b = tile_of(given->filters[0].at_period(f.seasonal_period));
        CHECK(b.value()[0] == Approx(a.value()[0]).epsilon(1e-13));
        for (int k = 0; k < f.parameters(); ++k) {
            CHECK(b.gradient()[k][0] == Approx(a.gradient()[k][0]).epsilon(1e-12).margin(1e-12));
        }
    }
}
