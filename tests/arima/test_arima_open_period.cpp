// Models and families whose period the program gives at run time.
#include "../support/temporary_folder.hpp"
#include "airline.timeloom.hpp"
#include "any_airline.timeloom.hpp"
#include "any_orders.timeloom.hpp"
#include "any_season.timeloom.hpp"
#include "orders.timeloom.hpp"

#include "timeloom/examples/airline/passengers.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace timeloom;

namespace {

std::vector<double> log_passengers() {
    std::vector<double> y;
    for (const double x : ::airline::passengers) {
        y.push_back(std::log(x));
    }
    return y;
}

std::vector<double> without_last(std::vector<double> values) {
    values.pop_back();
    return values;
}

} // namespace

TEST_CASE("the airline model with its period given at run time") {
    const std::vector<double> y = log_passengers();
    const ArimaResults declared = Arima(airline_plan).fit(y);
    const Arima model(any_airline_plan, {.seasonal_period = 12});
    const ArimaResults given = model.fit(y);
    CHECK(given.llf() == Approx(declared.llf()).epsilon(1e-12));
    CHECK(model.param_names() == std::vector<std::string>{"ma.L1", "ma.S.L12"});
    const ArimaForecast f = given.forecast(30), g = declared.forecast(30);
    for (std::size_t h = 0; h < 30; ++h) {
        CHECK(f.predicted_mean[h] == Approx(g.predicted_mean[h]).epsilon(1e-6));
        CHECK(f.se_mean[h] == Approx(g.se_mean[h]).epsilon(1e-6));
    }
    const TemporaryFolder folder;
    given.save(folder.path() / "airline.json");
    const ArimaResults loaded = ArimaResults::load(folder.path() / "airline.json", any_airline_plan);
    CHECK(loaded.forecast(30).predicted_mean == f.predicted_mean);
    CHECK(given.append(std::vector{6.1}).llf() ==
          Approx(declared.append(std::vector{6.1}).llf()).epsilon(1e-9));
    CHECK(given.simulate(5, {.seed = 3})[4] == Approx(declared.simulate(5, {.seed = 3})[4]).epsilon(1e-6));
}

TEST_CASE("where the season is long the maximum is that of all starts") {
    constexpr std::size_t period = 60, n = 8 * period;
    const Arima model(any_airline_plan, {.seasonal_period = static_cast<int>(period)});
    Random random(8);
    std::vector<double> noisy_wave(n), steps(n);
    for (std::size_t t = 0; t < n; ++t) {
        const double noise = random.uniform() - 0.5;
        noisy_wave[t] = std::sin(2 * 3.14159265 * static_cast<double>(t) / period) + noise;
        steps[t] = static_cast<double>(t / period) + noise;
    }
    for (const std::vector<double>& y :
         {model.simulate(std::vector{-0.4, -0.6}, 1.0, n, 3), noisy_wave, steps}) {
        const ArimaResults best = model.fit(y);
        CHECK(best.converged());
        for (int start = 0; start < 16; ++start) {
            const std::vector<double> from{1.9 * random.uniform() - 0.95, 1.9 * random.uniform() - 0.95};
            CHECK(model.fit(y, {.start_params = from}).llf() <= best.llf() + 1e-6);
        }
    }
}

TEST_CASE("one model for every period") {
    for (const int period : {2, 3, 5, 48, 168}) {
        INFO("period " << period);
        const auto s = static_cast<std::size_t>(period);
        const Arima model(any_airline_plan, {.seasonal_period = period});
        const std::vector<double> truth{-0.4, -0.6};
        const std::vector<double> y = model.simulate(truth, 2.0, 6 * s + 60, 11);
        const ArimaResults results = model.fit(y);
        CHECK(results.converged());
        CHECK(results.llf() >= model.loglike(y, truth));
        CHECK(model.fit_many(std::vector<std::vector<double>>{y})[0].llf ==
              Approx(results.llf()).margin(1e-4));

        // A stream over the last values is what results of all of them are.
        const std::vector<double> params = without_last(results.params());
        const std::span<const double> all = y;
        ArimaStream stream(model.smooth(all.first(y.size() - 9), params, {}, 2.0));
        for (const double x : all.last(9)) {
            stream.update(x);
        }
        const ArimaForecast of_stream = stream.forecast(2 * s + 3),
                            of_all = model.smooth(y, params, {}, 2.0).forecast(2 * s + 3);
        for (std::size_t h = 0; h < 2 * s + 3; ++h) {
            CHECK(of_stream.predicted_mean[h] == Approx(of_all.predicted_mean[h]).epsilon(1e-9).margin(1e-9));
            CHECK(of_stream.se_mean[h] == Approx(of_all.se_mean[h]).epsilon(1e-9));
        }
        // Errors, which are found later, in the sum that the likelihood is made of.
        double sum = 0;
        for (const double e : results.standardized_resid()) {
            sum += e * e;
        }
        CHECK(sum / static_cast<double>(results.nobs()) == Approx(1.0).epsilon(1e-9));
    }
}

TEST_CASE("the automatic search over a family whose period is open") {
    const std::vector<double> y =
        Arima(orders_plan.orders, plan::Trend::n, orders_plan)
            .simulate(std::vector<double>{0.3, 0.1, 0, 0.4, 0, 0, 0.5, -0.6}, 1.0, 120, 5);
    const AutoArimaSelection declared = AutoArima(orders_plan).select(y);
    const AutoArima automatic(any_orders_plan, {.seasonal_period = 4});
    const AutoArimaSelection given = automatic.select(y);
    CHECK(given.orders == declared.orders);
    CHECK(given.fit.llf == Approx(declared.fit.llf).epsilon(1e-9));
    CHECK(automatic.fit(y).llf() == Approx(given.fit.llf).margin(1e-4));

    // Lags below the period, and none of a season that is none.
    CHECK(AutoArima(any_orders_plan, {.seasonal_period = 3}).most() ==
          plan::ArimaOrders{2, 2, 2, 1, 1, 1, 3});
    const AutoArima plain(any_orders_plan, {.seasonal_period = 1});
    CHECK(plain.most() == plan::ArimaOrders{3, 2, 3, 0, 0, 0, 1});
    CHECK(plain.select(y).fit.ok());
    const AutoArima weekly(any_orders_plan, {.seasonal_period = 52});
    const AutoArimaSelection found = weekly.select(
        Arima(any_airline_plan, {.seasonal_period = 52}).simulate(std::vector{-0.5, -0.68}, 1.0, 800, 3));
    CHECK(found.fit.ok());
    CHECK(found.orders.seasonal_period == 52);
    CHECK(found.orders.seasonal_q == 1); // which the roots of longer seasons must not forbid
}

TEST_CASE("periods that are missing, absurd or not open are refused") {
    const auto arima = [](const plan::Arima& model, int period) {
        return [&model, period] { Arima(model, {.seasonal_period = period}); };
    };
    const auto message = [](const auto& call) -> std::string {
        try {
            call();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    CHECK(message([] { Arima{any_airline_plan}; }) ==
          "ARIMA(0, 1, 1)(0, 1, 1)s leaves the period of its season open; give it: {.seasonal_period = 12}");
    CHECK(message([] { AutoArima{any_orders_plan}; }) ==
          "ARIMA(3, 2, 3)(1, 1, 1)s leaves the period of its season open; give it: {.seasonal_period = 12}");
    for (const int period : {1, -1, -7}) {
        CHECK(message(arima(any_airline_plan, period)) == "ARIMA(0, 1, 1)(0, 1, 1)s: seasonal_period is " +
                                                              std::to_string(period) +
                                                              ", but must be at least 2");
    }
    CHECK(message(arima(any_airline_plan, 2'000'000'000)) ==
          "ARIMA(0, 1, 1)(0, 1, 1)2000000000 has a season of more than 6250000 observations");
    CHECK(message(arima(any_season_plan, 2)) ==
          "ARIMA(2, 1, 1)(1, 1, 2)2 has lags that are also seasonal ones; p and q must be below the period");
    CHECK(message(arima(airline_plan, 4)) ==
          "ARIMA(0, 1, 1)(0, 1, 1)12 is declared with the period 12, but seasonal_period is 4; declare "
          "seasonal_order<P, D, Q> without a period to choose it at run time");
    CHECK(message(arima(airline_plan, 12)).empty());
    CHECK(message([] {
              Arima({0, 1, 1, 0, 1, 1, plan::any_period}, plan::Trend::n, any_airline_plan);
          }) ==
          "ARIMA(0, 1, 1)(0, 1, 1)s has a season of -1 observations; a season has at least 2, and a model "
          "without one the period 1");
}
