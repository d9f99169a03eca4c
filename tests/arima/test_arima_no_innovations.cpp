// Results of series that an order explains without innovations: forecasts, files, more observations.
#include "../support/temporary_folder.hpp"
#include "all_factors.timeloom.hpp"
#include "arima_series.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace timeloom;
using namespace timeloom::tests;

TEST_CASE("series without innovations go on as they were") {
    const plan::ArimaOrders walk{0, 1, 0, 0, 0, 0, 1};
    const Arima drift(walk, plan::Trend::differenced_mean, yearly_orders_plan);
    for (const std::size_t size : {3, 10, 50}) {
        std::vector<double> y = line(size, 1, 1);
        if (size > 3) {
            y[4] = missing;
        }
        const ArimaResults results = drift.fit(y);
        CHECK(results.status() == FitStatus::constant);
        check_close(results.params(), {1.0, 0.0}, 1e-14);
        const double n = static_cast<double>(size);
        check_close(results.forecast(3).predicted_mean, {n + 1, n + 2, n + 3}, 1e-14);
        CHECK(results.forecast(3).se_mean == std::vector{0.0, 0.0, 0.0});
        check_close(results.smoothed_series(), line(size, 1, 1), 1e-14);
        check_close(results.simulate(2, {.anchor = SimulationAnchor::end}), {n + 1, n + 2}, 1e-14);
        CHECK_THAT(results.summary(), Catch::Contains("constant"));
        ArimaStream stream(results);
        stream.update(n + 1);
        CHECK(stream.next().mean == Approx(n + 2).epsilon(1e-14));
    }
    const Arima mean(plan::ArimaOrders{2, 0, 1, 0, 0, 0, 1}, plan::Trend::c, yearly_orders_plan);
    check_close(mean.fit(std::vector{7.0, 7.0}).forecast(2).predicted_mean, {7.0, 7.0}, 1e-14);
    const std::vector<ArimaFit> many = mean.fit_many(std::vector<std::vector<double>>{{7, 7, 7}});
    CHECK(many[0].status == FitStatus::constant);
    check_close(many[0].params, {7.0, 0.0, 0.0, 0.0}, 1e-14);
    // Seasonal: the next season is the last.
    const Arima seasons(plan::ArimaOrders{0, 0, 0, 0, 1, 0, 4}, plan::Trend::n, all_factors_plan);
    CHECK(seasons.fit(std::vector<double>{4, 1, 2, 3, 4}).forecast(4).predicted_mean ==
          std::vector<double>{1, 2, 3, 4});
    // One difference is a variance, too.
    const ArimaResults one = seasons.fit(std::vector<double>{1, 2, 3, 4, 7});
    CHECK(one.sigma2() == Approx(36));
    CHECK(one.forecast(4).predicted_mean == std::vector<double>{2, 3, 4, 7});
    CHECK_THROWS_WITH(seasons.fit(std::vector<double>{1, 2, 3, 4}), Catch::Contains("needs at least 5"));
    CHECK_THROWS_WITH(drift.fit(std::vector<double>{1, 2, 3}).append(std::vector<double>{9}),
                      Catch::Contains("refit = true"));
    CHECK(drift.fit(std::vector<double>{1, 2, 3}).append(std::vector<double>{9, 8}, true).sigma2() > 0);
}

TEST_CASE("results of constant series are saved, and have any order of differences") {
    const Arima model(plan::ArimaOrders{0, 2, 0, 0, 0, 0, 1}, plan::Trend::differenced_mean,
                      yearly_orders_plan);
    std::vector<double> y = line(16, 0, 1);
    y[5] = missing;
    const ArimaResults results = model.fit(y);
    CHECK(results.status() == FitStatus::constant);
    check_close(results.forecast(2).predicted_mean, {16, 17}, 1e-12);
    CHECK(model.fit_many(std::vector<std::vector<double>>{y})[0].status == FitStatus::constant);
    const TemporaryFolder folder;
    results.save(folder.path() / "line.json");
    const ArimaResults loaded = ArimaResults::load(folder.path() / "line.json", yearly_orders_plan);
    CHECK(loaded.status() == FitStatus::constant);
    CHECK(loaded.forecast(2).predicted_mean == results.forecast(2).predicted_mean);
}

TEST_CASE("a perfect fit at given parameters has the likelihood of its variance") {
    const Arima model(plan::ArimaOrders{1, 0, 0, 0, 0, 0, 1}, plan::Trend::c, yearly_orders_plan);
    const std::vector<double> params{5.0, 0.6};
    const double pi = std::acos(-1.0);
    // log|Σ| = -log(1 - φ²) and nothing is left of the squares.
    CHECK(model.smooth(std::vector<double>(9, 5.0), params, {}, 2.0).llf() ==
          Approx(-4.5 * std::log(2 * pi * 2.0) + 0.5 * std::log(1 - 0.36)));
    CHECK_THROWS_WITH(model.loglike(std::vector<double>(9, 5.0), params), Catch::Contains("give sigma2"));
}

TEST_CASE("missing values of a series that ends before there is a state are predicted") {
    const std::vector<double> y{1, 2, missing, 4}, x{1, 2, 3, 4};
    const Arima model(plan::ArimaOrders{5, 1, 0, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const ArimaResults results = model.fit(y, {.exog = {x, 1}});
    REQUIRE(results.status() == FitStatus::constant);
    const ArimaForecast predictions = results.predictions();
    check_close(results.fittedvalues(), {2, 3, 4}, 1e-12);
    check_close(predictions.se_mean, {0, 0, 0}, 1e-12);
}

TEST_CASE("a likelihood is told of no constant series too short for its model") {
    const Arima model(plan::ArimaOrders{5, 1, 0, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const std::vector<double> params{0.3, 0.1, 0.05, 0.1, 0.2};
    const char* message =
        "ARIMA(5, 1, 0) with 0 regressors needs at least 8 observations, but the series has ";
    for (const std::size_t n : {3, 7}) {
        CHECK_THROWS_WITH(model.smooth(std::vector<double>(n, 3.0), params, {}, 1.0),
                          message + std::to_string(n) + "; take lower orders or a longer series");
        CHECK(model.fit(std::vector<double>(n, 3.0)).status() == FitStatus::constant);
    }
    ArimaFit made = fit_of(FitStatus::converged, params, 1.0);
    CHECK_THROWS_WITH(ArimaResults(model.kernels(), model.orders(), model.trend(),
                                   std::vector<double>(3, 3.0), {}, made, ArimaMethod::mle,
                                   CovarianceType::none),
                      Catch::Contains("needs at least 8 observations, but the series has 3"));
    CHECK(std::isfinite(model.smooth(std::vector<double>(8, 3.0), params, {}, 1.0).llf()));
}

TEST_CASE("a constant series that goes on is fitted as if it were new") {
    const Arima model(plan::ArimaOrders{2, 0, 2, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const ArimaResults constant = model.fit(std::vector<double>(12, 0.0));
    REQUIRE(constant.status() == FitStatus::constant);
    std::vector<double> later;
    for (int t = 0; t < 40; ++t) {
        later.push_back(std::sin(1.3 * t) + 0.3 * std::cos(t * t));
    }
    std::vector<double> all(12, 0.0);
    all.insert(all.end(), later.begin(), later.end());
    CHECK(constant.append(later, true).params() == model.fit(all).params());
}
