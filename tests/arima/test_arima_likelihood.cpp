// The exact likelihood and its gradient against dense covariance matrices and differences.
#include "../support/arma_coefficients.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "ma3.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "reference_arma.hpp"
#include "sales.timeloom.hpp"
#include "seasonal_only.timeloom.hpp"
#include "targets.hpp"

#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

constexpr std::size_t lanes = plan::series_lanes;

double objective(const GaussianParts& parts) {
    const auto n = static_cast<double>(parts.observations);
    return 0.5 * n * std::log(parts.sum_of_squares / n) + 0.5 * parts.log_determinant;
}

std::vector<double> random_series(Random& random, std::size_t n) {
    std::vector<double> w(n);
    for (double& x : w) {
        x = random.normal();
    }
    return w;
}

/// With the presample's normal matrix as a dense one, and by its structure.
constexpr std::array ways{1000, 0};

void compare(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders, std::size_t shortest,
             int longest_dense) {
    INFO("longest dense presample " << longest_dense);
    INFO("orders " << orders.p << ' ' << orders.seasonal_p << ' ' << orders.q << ' ' << orders.seasonal_q
                   << " in kernels " << kernels.filter.p << ' ' << kernels.filter.q << ", shortest "
                   << shortest);
    Random random(7, shortest);
    LikelihoodTile tile(kernels, {.orders = orders,
                                  .most_steps = static_cast<int>(shortest + lanes),
                                  .longest_dense_presample = longest_dense});
    std::vector<std::vector<double>> series;
    std::vector<Coefficients> coefficients;
    for (std::size_t l = 0; l < lanes; ++l) { // eight lengths
        series.push_back(random_series(random, shortest + l));
        coefficients.emplace_back(random, orders);
        tile.set_series(l, series[l], {});
        set_coefficients(tile, l, kernels.filter, coefficients[l]);
    }
    tile.evaluate();
    tile.evaluate_gradient();
    for (std::size_t l = 0; l < lanes; ++l) {
        const auto value = [&] {
            return objective(gaussian_parts(coefficients[l].reference(orders), series[l]));
        };
        CHECK(tile.value()[l] == Approx(value()).epsilon(1e-9).margin(1e-9));
        const std::vector<std::size_t> rows = gradient_rows(kernels.filter, orders);
        const std::vector<double*> all = coefficients[l].all();
        for (std::size_t k = 0; k < all.size() && l < 2; ++k) {
            const double slope = central_difference(*all[k], 1e-5, value);
            INFO("lane " << l << " coefficient " << k);
            CHECK(tile.gradient()[rows[k]][l] == Approx(slope).epsilon(2e-5).margin(1e-4));
        }
    }
}

} // namespace

TEST_CASE("likelihood and gradient equal those of the covariance matrix") {
    for (const plan::ArimaFilters* table : {&sales_plan, &airline_plan, &arma22_plan, &ma3_plan,
                                            &random_walk_plan, &all_factors_plan, &seasonal_only_plan}) {
        for (const std::size_t n : {20u, 33u}) {
            const plan::LagFilterKernels& kernels = table->filters[0];
            for (const int way : ways) {
                compare(kernels, kernels.filter, n, way);
            }
        }
    }
}

TEST_CASE("every instruction set and way gives the same likelihood") {
    const plan::LagFilterKernels& best = all_factors_plan.filters[0];
    const plan::LagFilter& f = best.filter;
    Random random(17);
    std::vector<std::vector<double>> series;
    std::vector<Coefficients> coefficients;
    for (std::size_t l = 0; l < lanes; ++l) {
        series.push_back(random_series(random, 40 + 3 * l));
        coefficients.emplace_back(random, f);
    }
    std::vector<std::vector<double>> results;
    for (const plan::ArimaFilters* table : all_factors_for_each_target()) {
        for (const LaneTable* loops : runnable_lane_tables()) {
            for (const int way : ways) {
                LikelihoodTile tile(table->filters[0],
                                    {.orders = f, .most_steps = 61, .longest_dense_presample = way}, *loops);
                for (std::size_t l = 0; l < lanes; ++l) {
                    tile.set_series(l, series[l], {});
                    set_coefficients(tile, l, f, coefficients[l]);
                }
                tile.evaluate();
                tile.evaluate_gradient();
                std::vector<double>& values =
                    results.emplace_back(tile.value().lane.begin(), tile.value().lane.end());
                for (int k = 0; k < f.parameters(); ++k) {
                    values.insert(values.end(), tile.gradient()[k].lane.begin(),
                                  tile.gradient()[k].lane.end());
                }
            }
        }
    }
    CHECK(results.size() >= 2); // the ways, if nothing else
    for (const std::vector<double>& values : results) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            CHECK(values[i] == Approx(results[0][i]).epsilon(1e-11).margin(1e-10));
        }
    }
}

TEST_CASE("kernels of a family serve smaller orders") {
    for (const plan::LagFilterKernels& kernels : orders_plan.filters) {
        const plan::LagFilter& f = kernels.filter;
        for (const int way : ways) {
            compare(kernels, {f.p > 0 ? f.p - 1 : 0, 0, f.q, 0, f.seasonal_period}, 25, way);
            compare(kernels, {0, f.seasonal_p, 1, f.seasonal_q, f.seasonal_period}, 18, way);
        }
    }
}

TEST_CASE("missing observations are integrated out") {
    for (const int way : ways) {
        for (const plan::ArimaFilters* table :
             {&sales_plan, &airline_plan, &arma22_plan, &ma3_plan, &all_factors_plan, &seasonal_only_plan}) {
            const plan::LagFilterKernels& kernels = table->filters[0];
            const plan::LagFilter& f = kernels.filter;
            INFO("orders " << f.p << ' ' << f.seasonal_p << ' ' << f.q << ' ' << f.seasonal_q);
            Random random(11);
            constexpr std::size_t n = 31;
            const std::vector<std::size_t> gaps{0, 3, 4, 17, n - 1};
            LikelihoodTile tile(kernels, {.orders = f,
                                          .most_steps = n,
                                          .missing = static_cast<int>(gaps.size()),
                                          .longest_dense_presample = way});
            std::vector<std::vector<double>> series;
            std::vector<Coefficients> coefficients;
            for (std::size_t l = 0; l < lanes; ++l) {
                std::vector<double> w = random_series(random, n);
                std::vector<double> indicators(n * gaps.size());
                for (std::size_t k = 0; k < gaps.size(); ++k) {
                    w[gaps[k]] = 0;
                    indicators[k * n + gaps[k]] = 1;
                }
                coefficients.emplace_back(random, f);
                tile.set_series(l, w, indicators);
                set_coefficients(tile, l, f, coefficients[l]);
                for (const std::size_t gap : gaps) {
                    w[gap] = std::numeric_limits<double>::quiet_NaN();
                }
                series.push_back(w);
            }
            tile.evaluate();
            tile.evaluate_gradient();
            for (std::size_t l = 0; l < lanes; ++l) {
                const auto value = [&] {
                    return objective(gaussian_parts(coefficients[l].reference(f), series[l]));
                };
                CHECK(tile.value()[l] == Approx(value()).epsilon(1e-9).margin(1e-9));
                const std::vector<double*> all = coefficients[l].all();
                for (std::size_t k = 0; k < all.size() && l < 2; ++k) {
                    const double slope = central_difference(*all[k], 1e-5, value);
                    INFO("lane " << l << " coefficient " << k);
                    CHECK(tile.gradient()[k][l] == Approx(slope).epsilon(2e-5).margin(1e-4));
                }
            }
        }
    }
}

TEST_CASE("conditional sum of squares and gradient") {
    for (const plan::ArimaFilters* table :
         {&sales_plan, &airline_plan, &arma22_plan, &ma3_plan, &all_factors_plan, &seasonal_only_plan}) {
        const plan::LagFilterKernels& kernels = table->filters[0];
        const plan::LagFilter& f = kernels.filter;
        INFO("orders " << f.p << ' ' << f.seasonal_p << ' ' << f.q << ' ' << f.seasonal_q);
        Random random(13);
        LikelihoodTile tile(kernels, {.orders = f, .most_steps = 60, .conditional = true});
        std::vector<std::vector<double>> series;
        std::vector<Coefficients> coefficients;
        for (std::size_t l = 0; l < lanes; ++l) {
            series.push_back(random_series(random, 45 + 2 * l));
            coefficients.emplace_back(random, f);
            tile.set_series(l, series[l], {});
            set_coefficients(tile, l, f, coefficients[l]);
        }
        tile.evaluate();
        tile.evaluate_gradient();
        for (std::size_t l = 0; l < lanes; ++l) {
            const auto value = [&] { return conditional_objective(coefficients[l].reference(f), series[l]); };
            CHECK(tile.value()[l] == Approx(value()).epsilon(1e-11).margin(1e-11));
            const std::vector<double*> all = coefficients[l].all();
            for (std::size_t k = 0; k < all.size(); ++k) {
                const double slope = central_difference(*all[k], 1e-6, value);
                INFO("lane " << l << " coefficient " << k << " of " << *all[0] << " " << *all.back());
                CHECK(tile.gradient()[k][l] == Approx(slope).epsilon(1e-6).margin(1e-6));
            }
        }
    }
}
