// Long seasons: what is computed by the structure of their presample against the same by dense matrices.
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "arma_coefficients.hpp"
#include "ma3.timeloom.hpp"
#include "two_seasonal.timeloom.hpp"

#include "timeloom/runtime/arima/arima_state.hpp"
#include "timeloom/runtime/random.hpp"

#include <catch2/catch.hpp>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

std::vector<double> random_coefficients(Random& random, const dsl::lag_filter& f, double limit) {
    std::vector<double> all;
    for (const dsl::lag_factor& factor : dsl::factors(f)) {
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
    for (const ArimaKernelTable* table :
         {&airline_kernels, &all_factors_kernels, &arma22_kernels, &ma3_kernels, &two_seasonal_kernels}) {
        const LagFilterKernels& kernels = table->filters[0];
        const dsl::arima_orders& orders = table->orders;
        for (const std::size_t n : {30u, 61u, 400u}) {
            for (const double limit : {0.6, 0.95, 0.999}) {
                INFO(table->model << ", " << n << " values, partial autocorrelations up to " << limit);
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
