// Results of series without innovations, at the boundary of the parameters, in other units; draws from
// results.
#include "../support/golden_file.hpp"
#include "../support/temporary_folder.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "monthly_orders.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <numeric>

using namespace timeloom;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::vector<double> line(std::size_t size, double first, double step) {
    std::vector<double> y(size);
    for (std::size_t t = 0; t < size; ++t) {
        y[t] = first + step * static_cast<double>(t);
    }
    return y;
}

/// Logarithms of the airline passengers.
std::vector<double> passengers() {
    const nlohmann::json file = golden::read("r_arima.json");
    std::vector<double> y;
    for (const auto& x : file.at("series").at("AirPassengers").at("values")) {
        y.push_back(std::log(x.get<double>()));
    }
    return y;
}

ArimaFit fit_of(FitStatus status, std::vector<double> params, double sigma2) {
    ArimaFit fit;
    fit.status = status;
    fit.params = std::move(params);
    fit.sigma2 = sigma2;
    return fit;
}

void check_close(const std::vector<double>& actual, const std::vector<double>& expected, double relative) {
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        INFO("element " << i);
        CHECK(actual[i] == Approx(expected[i]).epsilon(relative));
    }
}

std::vector<double> times(std::vector<double> values, double factor) {
    for (double& x : values) {
        x *= factor;
    }
    return values;
}

} // namespace

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

TEST_CASE("regressors that are all but constant lose no digits") {
    // Seconds since 1970: the same model as with seconds since the first observation.
    const std::vector<double> y = passengers();
    const Arima model(plan::ArimaOrders{1, 0, 0, 0, 0, 0, 1}, plan::Trend::c, yearly_orders_plan);
    for (const double step : {0.125, 1.0, 10.0, 3600.0}) {
        INFO("steps of " << step << " s");
        for (const CovarianceType type : {CovarianceType::oim, CovarianceType::opg}) {
            const std::vector<double> near = line(y.size(), 0, 1);
            const std::vector<double> far = line(y.size(), 1.7e9, step);
            const ArimaResults expected = model.fit(y, {.cov_type = type, .exog = {near, 1}});
            const ArimaResults results = model.fit(y, {.cov_type = type, .exog = {far, 1}});
            CHECK(results.llf() == Approx(expected.llf()).epsilon(1e-10));
            CHECK(results.params()[1] * step == Approx(expected.params()[1]).epsilon(1e-5));
            CHECK(results.bse()[1] * step == Approx(expected.bse()[1]).epsilon(1e-5));
            CHECK(results.bse()[2] == Approx(expected.bse()[2]).epsilon(1e-5));
            CHECK(results.forecast(1, {.exog = {line(1, far.back() + step, 0), 1}}).predicted_mean[0] ==
                  Approx(expected.forecast(1, {.exog = {line(1, near.back() + 1, 0), 1}}).predicted_mean[0])
                      .epsilon(1e-6));
        }
    }
    std::vector<double> sums;
    for (std::size_t t = 0; t < y.size(); ++t) {
        const double x = std::sin(static_cast<double>(t)), z = std::cos(static_cast<double>(t * t));
        sums.insert(sums.end(), {x, z, 0.3 * x + 0.7 * z});
    }
    CHECK_THROWS_WITH(model.fit(y, {.exog = {sums, 3}}),
                      Catch::Contains("linearly dependent") && Catch::Contains("x3"));
}

TEST_CASE("estimates on the unit circle are estimates") {
    // Differenced once too often: the moving average cancels the difference.
    std::vector<double> y = Arima(plan::ArimaOrders{0, 0, 0, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan)
                                .simulate({}, 1.0, 60, 4);
    const Arima model(plan::ArimaOrders{0, 1, 1, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const std::vector<double> unit{-1.0};
    const ArimaResults results = model.smooth(y, unit);
    CHECK(results.maroots()[0].modulus == Approx(1.0));
    CHECK(results.append(std::vector<double>{0.3, -0.5}).nobs() == 61);
    const ArimaResults refitted = results.append(std::vector<double>{0.3, -0.5}, true);
    CHECK(refitted.llf() >= model.smooth(refitted.smoothed_series(), unit).llf() - 1e-6);
    CHECK_NOTHROW(model.fit(y, {.start_params = unit}));
    CHECK_NOTHROW(model.fit(y, {.start_params = {-1 - 2e-8}}));
    CHECK_THROWS_WITH(model.fit(y, {.start_params = {-1.01}}),
                      Catch::Contains("start_params are not stationary"));
    CHECK_THROWS_WITH(model.smooth(y, std::vector<double>{-1.01}), Catch::Contains("not stationary"));
    // Outer products of gradients need neighbours on both sides.
    const ArimaResults opg =
        ArimaResults(model.kernels(), model.orders(), model.trend(), y, {},
                     fit_of(FitStatus::converged, unit, 1), ArimaMethod::mle, CovarianceType::opg);
    CHECK(std::isnan(opg.bse()[0]));
    CHECK(std::isnan(opg.bse()[1]));
    const ArimaResults inside =
        ArimaResults(model.kernels(), model.orders(), model.trend(), y, {},
                     fit_of(FitStatus::converged, {-0.99999}, 1), ArimaMethod::mle, CovarianceType::opg);
    CHECK(inside.bse()[1] > 0);
}

TEST_CASE("results that no fit can have are refused") {
    const std::vector<double> y = line(30, 0, 0.5);
    const Arima model(plan::ArimaOrders{1, 0, 0, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const auto made = [&](ArimaFit fit) {
        return ArimaResults(model.kernels(), model.orders(), model.trend(), y, {}, std::move(fit),
                            ArimaMethod::mle, CovarianceType::none);
    };
    const auto status = FitStatus::converged;
    CHECK(made(fit_of(status, {0.5}, 1)).forecast(1).se_mean[0] == 1.0);
    CHECK_THROWS_WITH(made(fit_of(status, std::vector<double>(1000), 1)),
                      Catch::Contains("have 1000 parameters, but the model has 1"));
    CHECK_THROWS_WITH(made(fit_of(status, {}, 1)), Catch::Contains("0 parameters"));
    CHECK_THROWS_WITH(made(fit_of(status, {missing}, 1)), Catch::Contains("finite"));
    CHECK_THROWS_WITH(made(fit_of(status, {1.5}, 1)), Catch::Contains("stationary"));
    CHECK_THROWS_WITH(made(fit_of(status, {0.5}, -1)), Catch::Contains("sigma2 of -1"));
    CHECK_THROWS_WITH(made(fit_of(status, {0.5}, missing)), Catch::Contains("sigma2"));
    CHECK_THROWS_WITH(made(fit_of(FitStatus::failed, {0.5}, 1)), Catch::Contains("no fit has"));
    CHECK_THROWS_WITH(made(fit_of(static_cast<FitStatus>(17), {0.5}, 1)), Catch::Contains("no fit has"));
}

TEST_CASE("results and forecasts are the same in other units") {
    const std::vector<double> y = passengers();
    const Arima model(airline_plan);
    const ArimaResults expected = model.fit(y);
    const ArimaForecast ahead = expected.forecast(12);
    for (const double scale : {1e-300, 1e-150, 1e-8, 1e8, 1e150, 1e300}) {
        INFO("times " << scale);
        const ArimaResults results = model.fit(times(y, scale));
        CHECK(results.converged());
        CHECK(results.params()[0] == Approx(expected.params()[0]).epsilon(1e-8));
        CHECK(results.params()[1] == Approx(expected.params()[1]).epsilon(1e-8));
        CHECK(results.sigma() / scale == Approx(expected.sigma()).epsilon(1e-9));
        CHECK(results.bse()[0] == Approx(expected.bse()[0]).epsilon(1e-6));
        const ArimaForecast forecast = results.forecast(12);
        check_close(times(forecast.predicted_mean, 1 / scale), ahead.predicted_mean, 1e-9);
        check_close(times(forecast.se_mean, 1 / scale), ahead.se_mean, 1e-8);
        check_close(times(forecast.upper, 1 / scale), ahead.upper, 1e-9);
        check_close(results.append(times({5.9, 6.1}, scale)).standardized_resid(),
                    expected.append(std::vector{5.9, 6.1}).standardized_resid(), 1e-6);
    }
}

TEST_CASE("what follows a series is drawn from the distribution that is forecast") {
    std::vector<double> y = passengers();
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

TEST_CASE("rolling forecasts take regressors") {
    const std::vector<double> y = passengers();
    std::vector<double> x;
    for (std::size_t t = 0; t < y.size(); ++t) {
        x.push_back(std::sin(static_cast<double>(t)));
    }
    const Arima model(plan::ArimaOrders{1, 1, 0, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const ArimaFitOptions options{.exog = {x, 1}};
    const std::vector<double> fixed = rolling_forecast(model, y, 140, false, options);
    const ArimaResults start = model.fit(std::span(y).first(140), {.exog = {std::span(x).first(140), 1}});
    const ArimaResults all = start.append(std::span(y).last(4), false, {std::span(x).last(4), 1});
    const std::vector<double> fitted = all.fittedvalues();
    check_close(fixed, {fitted.end() - 4, fitted.end()}, 1e-11);
    CHECK(rolling_forecast(model, y, 140, true, options)[0] == Approx(fixed[0]));
}

TEST_CASE("a growing series has a maximum of its likelihood, wherever the search begins") {
    std::vector<double> y;
    for (int t = 0; t < 40; ++t) {
        y.push_back(100 * std::pow(1.05, t));
    }
    const Arima model(plan::ArimaOrders{1, 0, 0, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const ArimaResults results = model.fit(y, {.method = ArimaMethod::css_mle});
    CHECK(results.llf() == Approx(model.fit(y).llf()).epsilon(1e-9));
    CHECK(results.params()[0] < 1);
}

TEST_CASE("nothing is known of a season that was never observed, until it is") {
    // Shops that are shut on the third of four days.
    std::vector<double> y{7.04, .49, missing, 1.34, 3.88, -.33, missing, -1.58, .55, -.13, missing, .75};
    const Arima model(plan::ArimaOrders{0, 1, 0, 0, 1, 0, 4}, plan::Trend::n, all_factors_plan);
    const ArimaResults results = model.smooth(y, {}, {}, 1.0);
    const ArimaForecast forecast = results.forecast(8);
    for (const std::size_t h : {2, 6}) {
        CHECK(std::isnan(forecast.predicted_mean[h]));
        CHECK(forecast.se_mean[h] == std::numeric_limits<double>::infinity());
    }
    CHECK(std::isfinite(forecast.se_mean[1]));
    CHECK(std::isnan(results.smoothed_series()[2]));
    // Opened on one such day: then the season is known, and the others as before.
    ArimaStream stream(results);
    stream.update(0.4);
    stream.update(-0.2);
    CHECK(std::isnan(stream.next().mean));
    stream.update(5.0);
    CHECK(std::isfinite(stream.next().mean));
    const ArimaForecast after = stream.forecast(5);
    CHECK(std::isfinite(after.se_mean[3]));
    y.insert(y.end(), {0.4, -0.2, 5.0});
    const ArimaForecast expected = model.smooth(y, {}, {}, 1.0).forecast(5);
    check_close(after.predicted_mean, expected.predicted_mean, 1e-9);
    check_close(after.se_mean, expected.se_mean, 1e-9);
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
