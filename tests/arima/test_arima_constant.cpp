// Series that differencing and regressors explain without error: results of status `constant`.
#include "all_factors.timeloom.hpp"
#include "monthly_orders.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

using namespace timeloom;

namespace {

using Values = std::vector<double>;

/// A series, an order that leaves nothing of it, and what follows.
struct Explained {
    const char* name;
    plan::ArimaOrders orders;
    plan::Trend trend;
    const plan::ArimaFilters* plan;
    Values y, next;
};

Values series(std::size_t n, const std::function<double(double)>& value, std::size_t first = 0) {
    Values y;
    for (std::size_t t = first; t < first + n; ++t) {
        y.push_back(value(static_cast<double>(t)));
    }
    return y;
}

Values with_gaps(Values y) {
    y[0] = y[5] = y[6] = std::nan("");
    return y;
}

std::vector<Explained> explained() {
    using enum plan::Trend;
    const auto seven = [](double) { return 7.0; };
    const auto line = [](double t) { return t + 1; };
    const auto week = [](double t) { return std::fmod(t, 7) + 1; };
    const auto year = [](double t) { return 0.1 * std::fmod(t * t, 12) + 3.7; };
    const auto growing = [](double t) { return std::fmod(t * t, 12) + 2.5 * t; };
    const auto parabola = [](double t) { return t * t - 3 * t + 1; };
    const plan::ArimaFilters *yearly = &yearly_orders_plan, *monthly = &monthly_orders_plan;
    return {
        {"a constant", {0, 0, 0, 0, 0, 0, 1}, c, yearly, series(2, seven), {7, 7}},
        {"a constant once differenced", {0, 1, 0, 0, 0, 0, 1}, n, yearly, series(2, seven), {7, 7}},
        {"a constant and ARMA terms", {2, 0, 1, 0, 0, 0, 1}, c, yearly, series(9, seven), {7, 7}},
        {"a constant and its mean",
         {1, 0, 0, 0, 0, 0, 1},
         differenced_mean,
         yearly,
         series(9, seven),
         {7, 7}},
        {"zeros", {1, 0, 1, 0, 0, 0, 1}, n, yearly, Values(9, 0.0), {0, 0}},
        {"a line and drift", {0, 1, 0, 0, 0, 0, 1}, differenced_mean, yearly, series(10, line), {11, 12, 13}},
        {"a line and ARMA terms",
         {1, 1, 1, 0, 0, 0, 1},
         differenced_mean,
         yearly,
         series(10, line),
         {11, 12, 13}},
        {"a line twice differenced", {0, 2, 1, 0, 0, 0, 1}, n, yearly, series(10, line), {11, 12, 13}},
        {"a line and its trend", {1, 0, 0, 0, 0, 0, 1}, ct, yearly, series(10, line), {11, 12, 13}},
        {"a parabola", {0, 2, 0, 0, 0, 0, 1}, differenced_mean, yearly, series(8, parabola), {41, 55}},
        {"a week and a day", {0, 0, 0, 0, 1, 0, 7}, n, yearly, series(8, week, 6), {1, 2, 3, 4, 5, 6, 7}},
        {"a year", {0, 0, 0, 0, 1, 0, 12}, n, monthly, series(40, year), series(14, year, 40)},
        {"a year and terms", {1, 0, 1, 1, 1, 1, 12}, n, monthly, series(40, year), series(14, year, 40)},
        {"a year that grows",
         {1, 1, 0, 0, 1, 1, 12},
         n,
         monthly,
         series(40, growing),
         series(14, growing, 40)},
        {"a year with drift",
         {0, 0, 0, 0, 1, 0, 12},
         differenced_mean,
         monthly,
         series(40, growing),
         series(14, growing, 40)},
    };
}

void check_forecast(const ArimaForecast& forecast, const Values& next) {
    for (std::size_t h = 0; h < next.size(); ++h) {
        CHECK(forecast.predicted_mean[h] == Approx(next[h]).margin(1e-9));
        CHECK(forecast.se_mean[h] == 0);
        CHECK(forecast.lower[h] == forecast.predicted_mean[h]);
        CHECK(forecast.upper[h] == forecast.predicted_mean[h]);
    }
}

} // namespace

TEST_CASE("what an order explains without error has status constant and goes on as it was") {
    for (const Explained& e : explained()) {
        const Arima model(e.orders, e.trend, *e.plan);
        std::vector<Values> all{e.y};
        if (e.y.size() > 8) {
            all.push_back(with_gaps(e.y));
        }
        for (const Values& y : all) {
            INFO(e.name << ", " << name_of(e.orders) << (std::isnan(y[0]) ? " with gaps" : ""));
            for (const ArimaMethod method : {ArimaMethod::mle, ArimaMethod::css, ArimaMethod::css_mle}) {
                const ArimaResults results = model.fit(y, {.method = method});
                CHECK(results.status() == FitStatus::constant);
                CHECK(results.sigma2() == 0);
                CHECK_FALSE(results.message().empty());
                check_forecast(results.forecast(e.next.size()), e.next);
            }
            const ArimaResults results = model.fit(y);
            ArimaStream stream(results);
            for (const double next : e.next) {
                CHECK(stream.update(next) == Approx(0).margin(1e-9));
            }
            CHECK_FALSE(results.summary().empty());
            CHECK(results.append(e.next, true).status() == FitStatus::constant);
        }
        const std::vector<ArimaFit> many = model.fit_many(all);
        for (std::size_t i = 0; i < all.size(); ++i) {
            CHECK(many[i].status == FitStatus::constant);
            Values params = many[i].params;
            params.push_back(0.0); // sigma2
            CHECK(params == model.fit(all[i]).params());
        }
    }
}

TEST_CASE("automatic orders go on with what they explain without error") {
    const AutoArima yearly(yearly_orders_plan), monthly(monthly_orders_plan);
    for (const Explained& e : explained()) {
        const bool seasonal = e.orders.seasonal_period == 12;
        const AutoArima& search = seasonal ? monthly : yearly;
        if (e.orders.seasonal_period == 7 || std::string(e.name) == "a parabola") {
            continue; // no two seasons, three differences
        }
        std::vector<Values> all{e.y};
        if (e.y.size() > 8) {
            all.push_back(with_gaps(e.y));
        }
        for (const Values& y : all) {
            INFO(e.name << (std::isnan(y[0]) ? " with gaps" : ""));
            const AutoArimaSelection chosen = search.select(y);
            CHECK(chosen.fit.status == FitStatus::constant);
            const ArimaResults results = search.fit(y);
            CHECK(results.status() == FitStatus::constant);
            check_forecast(results.forecast(e.next.size()), e.next);
            if (e.trend != plan::Trend::ct) { // a line is for one difference
                const AutoArimaSelection given =
                    search.select(y, {.d = e.orders.d, .D = e.orders.seasonal_d});
                CHECK(given.fit.status == FitStatus::constant);
                check_forecast(search.fit(y, given).forecast(e.next.size()), e.next);
            }
        }
        const std::vector<AutoArimaSelection> many = search.select_many(all);
        for (const AutoArimaSelection& one : many) {
            CHECK(one.fit.status == FitStatus::constant);
        }
    }
}
