// Results at the boundary of the parameters, in other units, with regressors, and those that no fit can have.
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arima_series.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace timeloom;
using namespace timeloom::tests;

TEST_CASE("regressors that are all but constant lose no digits") {
    // Seconds since 1970: the same model as with seconds since the first observation.
    const std::vector<double> y = log_passengers();
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
    const std::vector<double> y = log_passengers();
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

TEST_CASE("rolling forecasts take regressors") {
    const std::vector<double> y = log_passengers();
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
