// Series that are drawn from a model or from results.
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arima_series.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace timeloom;
using namespace timeloom::tests;

TEST_CASE("what follows a series is drawn from the distribution that is forecast") {
    std::vector<double> y = log_passengers();
    y[141] = y[142] = missing; // unknown, too
    const Arima model(airline_plan);
    const ArimaResults results = model.fit(y);
    constexpr std::size_t steps = 15, draws = 4000;
    const ArimaForecast forecast = results.forecast(steps);
    std::vector<double> sums(steps), squares(steps);
    for (std::size_t i = 0; i < draws; ++i) {
        const std::vector<double> path =
            results.simulate(steps, {.seed = i, .anchor = SimulationAnchor::end});
        for (std::size_t h = 0; h < steps; ++h) {
            const double z = (path[h] - forecast.predicted_mean[h]) / forecast.se_mean[h];
            sums[h] += z;
            squares[h] += z * z;
        }
    }
    for (std::size_t h = 0; h < steps; ++h) { // within four standard errors
        INFO("step " << h);
        CHECK(std::abs(sums[h] / draws) < 4 / std::sqrt(draws));
        CHECK(std::abs(squares[h] / draws - 1) < 4 * std::sqrt(2.0 / draws));
    }
    CHECK(results.simulate(3, {.seed = 5}) == results.simulate(3, {.seed = 5}));
    CHECK(results.simulate(0).empty());
}

TEST_CASE("simulated series are stationary from the first value on, and have trend and regressors") {
    const Arima model(plan::ArimaOrders{2, 0, 1, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const std::vector<double> params{1.6, -0.64, 0.5}; // roots of modulus 1.25, twice
    double first = 0, products = 0, later = 0;
    constexpr std::size_t draws = 20'000;
    for (std::size_t i = 0; i < draws; ++i) {
        const std::vector<double> y = model.simulate(params, 1.0, 30, i);
        first += y[0] * y[0] / draws;
        products += y[0] * y[1] / draws;
        later += y[29] * y[29] / draws;
    }
    const std::vector<double> gamma = [&] { // Σ ψ_k ψ_{k+h}
        std::vector<double> psi{1.0, 1.6 + 0.5}, sums(2);
        for (std::size_t k = 2; k < 500; ++k) {
            psi.push_back(1.6 * psi[k - 1] - 0.64 * psi[k - 2]);
        }
        for (std::size_t k = 0; k + 1 < psi.size(); ++k) {
            sums[0] += psi[k] * psi[k];
            sums[1] += psi[k] * psi[k + 1];
        }
        return sums;
    }();
    CHECK(first == Approx(gamma[0]).epsilon(0.04)); // 4 standard errors of √(2/20000)
    CHECK(later == Approx(gamma[0]).epsilon(0.04));
    CHECK(products == Approx(gamma[1]).epsilon(0.04));

    // Without innovations only trend and regressors are left.
    const std::vector<double> x{1, 0, 2};
    const Arima both(plan::ArimaOrders{1, 0, 0, 0, 0, 0, 1}, plan::Trend::ct, yearly_orders_plan);
    CHECK(both.simulate(std::vector<double>{10, 2, 100, 0.5}, 0.0, 3, 1, {x, 1}) ==
          std::vector<double>{112, 14, 216});
    const Arima drift(plan::ArimaOrders{0, 1, 0, 0, 0, 0, 1}, plan::Trend::differenced_mean,
                      yearly_orders_plan);
    CHECK(drift.simulate(std::vector<double>{2}, 0.0, 3, 1) == std::vector<double>{2, 4, 6});
    CHECK_THROWS_WITH(drift.simulate({}, 1.0, 3, 1), Catch::Contains("0 parameters were given"));
    CHECK_THROWS_WITH(drift.simulate(std::vector<double>{2}, -1.0, 3, 1), Catch::Contains("sigma2 is -1"));
    CHECK_THROWS_WITH(drift.simulate(std::vector<double>{2}, 1.0, std::numeric_limits<std::size_t>::max(), 1),
                      Catch::Contains("at most 1000000"));
}

TEST_CASE("nothing is drawn of a season that was never observed") {
    std::vector<double> y{7.04, .49, missing, 1.34, 3.88, -.33, missing, -1.58, .55, -.13, missing, .75};
    const Arima model(plan::ArimaOrders{0, 1, 0, 0, 1, 0, 4}, plan::Trend::n, all_factors_plan);
    const ArimaResults results = model.smooth(y, {}, {}, 1e-24); // draws are the means
    const std::vector<double> means = results.forecast(12).predicted_mean;
    const std::vector<double> drawn = results.simulate(12, {.anchor = SimulationAnchor::end});
    REQUIRE(drawn.size() == 12);
    for (std::size_t h = 0; h < 12; ++h) {
        INFO("step " << h);
        CHECK(std::isnan(drawn[h]) == (h % 4 == 2));
        CHECK(std::isnan(means[h]) == (h % 4 == 2));
        if (h % 4 != 2) {
            CHECK(drawn[h] == Approx(means[h]).epsilon(1e-9));
        }
    }
}

TEST_CASE("draws are in the series' units, however small or large") {
    const std::vector<double> y{1.2, 0.3, 2.1, 1.4, -0.7, 0.2, 1.9, 2.4, 0.8, -1.1, 0.4, 1.3};
    const Arima model(plan::ArimaOrders{1, 0, 1, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const std::vector<double> params{0.5, 0.3};
    const std::vector<double> expected = model.smooth(y, params).simulate(20, {.seed = 3});
    for (const int power : {-565, 530}) { // of which the square is not a double
        INFO("times 2^" << power);
        std::vector<double> scaled = y;
        for (double& x : scaled) {
            x = std::ldexp(x, power);
        }
        std::vector<double> drawn = model.smooth(scaled, params).simulate(20, {.seed = 3});
        for (double& x : drawn) {
            x = std::ldexp(x, -power);
        }
        check_close(drawn, expected, 1e-10);
    }
}
