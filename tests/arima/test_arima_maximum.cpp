// The maximum of the likelihood where it is hard to find: values of R, statsmodels and an independent filter.
#include "maximum_orders.timeloom.hpp"
#include "monthly_orders.timeloom.hpp"
#include "orders.timeloom.hpp"

#include "reference_kalman.hpp"

#include "timeloom/examples/airline/passengers.hpp"
#include "timeloom/examples/bench/arima/arima_maxima.hpp"
#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/arima/orders/order_search.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

using Values = std::vector<double>;
constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();
constexpr plan::Trend no_trend = plan::Trend::n, with_mean = plan::Trend::differenced_mean;

Arima arima_of(const plan::ArimaOrders& orders, plan::Trend trend) {
    return {orders, trend, orders.seasonal_period == 4 ? orders_plan : maximum_orders_plan};
}

template <class F>
Values series_of(std::size_t n, F value) {
    Values y;
    for (std::size_t i = 0; i < n; ++i) {
        y.push_back(value(static_cast<double>(i)));
    }
    return y;
}

Values without_last(Values values) {
    values.pop_back();
    return values;
}

/// The log-likelihood at a result's parameters by the independent filter.
double reference_llf(const Values& y, const plan::ArimaOrders& o, plan::Trend trend, const Values& params) {
    auto next = params.begin() + (trend == no_trend ? 0 : 1);
    const auto take = [&](int count) {
        const Values part(next, next + count);
        next += count;
        return part;
    };
    const Values ar = take(o.p), ma = take(o.q), seasonal_ar = take(o.seasonal_p),
                 seasonal_ma = take(o.seasonal_q);
    const auto s = static_cast<std::size_t>(o.seasonal_period);
    const Values delta = difference_polynomial(o);
    double largest = 0;
    for (const double x : y) {
        largest = std::isnan(x) ? largest : std::max(largest, std::abs(x));
    }
    Values scaled = y;
    for (double& x : scaled) {
        x /= largest;
    }
    std::vector<Values> columns;
    if (trend != no_trend) {
        columns.push_back(integrated_ones(delta, y.size()));
    }
    const ReferenceKalman filter({expanded(ar, seasonal_ar, s, -1), expanded(ma, seasonal_ma, s, 1)}, delta);
    const ReferenceLikelihood found = filter(scaled, columns);
    return found.llf() - static_cast<double>(found.observations) * std::log(largest);
}

/// What a fit returns is accepted by everything that takes parameters.
void check_accepted(const Arima& model, const Values& y, const ArimaResults& results) {
    const Values params = without_last(results.params());
    CHECK(model.loglike(y, params) == Approx(results.llf()).margin(1e-4));
    CHECK_NOTHROW(results.append(Values{y[y.size() - 2]}));
    CHECK_NOTHROW(model.fit(y, {.cov_type = CovarianceType::none, .start_params = params}));
}

} // namespace

TEST_CASE("smooth series are fitted to what is left of them") {
    const Values line = series_of(10, [](double i) { return i + 1; });
    const ArimaResults walk = arima_of({1, 1, 0}, no_trend).fit(line);
    CHECK(walk.llf() > 141);
    CHECK_FALSE(walk.converged());
    CHECK_THAT(walk.message(), Catch::Contains("without error"));
    for (int h = 0; h < 3; ++h) {
        CHECK(walk.forecast(3).predicted_mean[static_cast<std::size_t>(h)] == Approx(11 + h).epsilon(1e-6));
    }
    check_accepted(arima_of({1, 1, 0}, no_trend), line, walk);

    const Values wave = series_of(120, [](double i) {
        return std::round(100 * (15 + 5 * std::sin(2 * std::numbers::pi * i / 12))) / 100;
    });
    const ArimaResults sine = arima_of({2, 0, 0}, with_mean).fit(wave);
    CHECK(sine.converged());
    CHECK(sine.llf() == Approx(reference_llf(wave, {2, 0, 0}, with_mean, without_last(sine.params()))));
    CHECK(sine.llf() > 844.8);
    const Values expected{15.00, 17.50, 19.33};
    for (std::size_t h = 0; h < 3; ++h) {
        CHECK(sine.forecast(3).predicted_mean[h] == Approx(expected[h]).margin(0.005));
    }

    const Values decay = series_of(40, [](double i) { return 50 * std::pow(0.9, i) + 10; });
    CHECK(arima_of({2, 0, 0}, with_mean).fit(decay).llf() > 11.19);
}

TEST_CASE("a wave with any noise is told from its noise") {
    for (const double deviation : {1e-4, 1e-3, 1e-2, 2e-2, 1.0}) {
        Random random(3);
        const Values y = series_of(120, [&](double i) {
            return 100 + 10 * std::sin(2 * std::numbers::pi * i / 20) + deviation * random.normal();
        });
        const Arima model = arima_of({2, 0, 0}, with_mean);
        const ArimaResults results = model.fit(y);
        INFO("noise " << deviation);
        CHECK(results.converged());
        // A pair of roots at the wave's frequency.
        CHECK(results.arroots()[0].frequency == Approx(0.05).margin(0.01));
        CHECK(results.sigma() < 6 * deviation);
        check_accepted(model, y, results);
    }
}

TEST_CASE("moving averages of periodic series reach the higher maximum") {
    const Values six = series_of(36, [](double i) { return 1 + std::fmod(i, 6); });
    const ArimaResults ma1 = arima_of({0, 0, 1}, with_mean).fit(six);
    CHECK(ma1.llf() == Approx(-68.91692).margin(1e-5));
    CHECK(ma1.params()[1] == Approx(0.31879).margin(1e-5));
    const Values four = series_of(60, [](double i) {
        return Values{10, 15, 10, 5}[static_cast<std::size_t>(i) % 4];
    });
    CHECK(arima_of({0, 1, 1}, no_trend).fit(four).llf() == Approx(-160.77).margin(0.005));
}

TEST_CASE("gaps do not spoil the start") {
    const Values y{2.43,  6.16,  9.75,  13.68, 17.99, missing_value, 27.05, 29.93, 35.09, 42.93,
                   48.68, 51.98, 55.36, 58.86, 63.27, 69.9,          77.28, 84.06, 89.4,  93.14};
    const Arima model = arima_of({0, 2, 1}, no_trend);
    const ArimaResults results = model.fit(y);
    CHECK(results.llf() == Approx(-27.75).margin(0.005));
    CHECK(results.params()[0] == Approx(1).margin(1e-3));
    CHECK(model.fit_many(std::span(&y, 1))[0].llf == Approx(results.llf()).margin(1e-4));
}

TEST_CASE("a complete season with gaps and regressors") {
    constexpr double na = missing_value;
    const Values y{-.3, 1.2,  na,   2,  4,  2,   na,   -1.9, -2.6, -3, na,  -1.9, -1.3, na,   na,  na,
                   2.7, na,   -.7,  na, na, -2,  -2.3, -.4,  na,   1,  1.7, 4,    4.5,  na,   .9,  -.2,
                   na,  -3.5, -2.3, -2, 1,  1.4, 2.4,  2.9,  na,   .8, -.6, na,   na,   -3.1, -3.5};
    const Values exog{-.1, .5,   -1.1, 2.9,  1.9, 1.1,  0,    -.3,  1.2,  -.3,  -.3,  -1, .2,   .6,
                      -.3, .2,   -1.1, -1.5, -.4, -1,   1.4,  -1.1, 0,    .8,   -1.5, .4, 0,    -.9,
                      .7,  -1.3, -.9,  -.2,  0,   2,    .5,   .6,   -1.8, .4,   1.4,  0,  -.1,  1.6,
                      1.7, -.8,  -.2,  0,    1,   1.2,  -.8,  -1.9, -.4,  1.5,  -.8,  1,  1.6,  .5,
                      .2,  -1.5, -.3,  -1.9, -.5, -1.7, .5,   -2.4, .9,   -1.3, -.8,  .3, 1.1,  .2,
                      -.6, .3,   0,    -1.6, .8,  -.7,  -.2,  -.7,  -1,   -.8,  -.1,  .5, -1.4, .4,
                      -.7, -1.8, .8,   .1,   0,   -.4,  -1.6, -.7,  -1,   .6};
    const Arima model({2, 2, 0, 0, 1, 1, 12}, with_mean, monthly_orders_plan);
    const ArimaResults results = model.fit(y, {.cov_type = CovarianceType::none, .exog = {exog, 2}});
    CHECK(results.llf() == Approx(-28.731086).margin(1e-4));
    Random random(3);
    for (int start = 0; start < 64; ++start) {
        const auto anywhere = [&] { return 1.9 * static_cast<double>(random.uniform()) - 0.95; };
        Values params(results.params().begin(), results.params().end() - 1);
        const double first = anywhere(), second = anywhere();
        params[3] = first * (1 - second);
        params[4] = second;
        params[5] = anywhere();
        const ArimaResults other =
            model.fit(y, {.cov_type = CovarianceType::none, .exog = {exog, 2}, .start_params = params});
        CHECK(other.llf() < results.llf() + 1e-4);
    }
}

TEST_CASE("a season that is never observed is unknown, the others are not") {
    const Values y{7.04, .49,   missing_value, 1.34, 3.88, -.33, missing_value, -1.58,
                   .55,  -.13,  missing_value, .75,  3.47, -1.2, missing_value, -1.65,
                   1.83, -2.41, missing_value, -.65, 2.38, -.08, missing_value, .96};
    const Arima model = arima_of({0, 1, 0, 0, 1, 0, 4}, no_trend);
    const ArimaResults results = model.fit(y);
    CHECK(results.llf() == Approx(-30.011).margin(5e-4));
    const ArimaForecast forecast = results.forecast(8);
    for (std::size_t h = 0; h < 8; ++h) {
        const bool is_unseen = h % 4 == 2;
        CHECK(std::isnan(forecast.predicted_mean[h]) == is_unseen);
        CHECK(std::isinf(forecast.se_mean[h]) == is_unseen);
    }
    CHECK(std::isnan(results.smoothed_series()[2]));
    CHECK(results.smoothed_series()[3] == 1.34);
    const ArimaResults seasonal = arima_of({0, 0, 0, 0, 1, 0, 4}, no_trend).smooth(y, {}, {}, 1.0);
    CHECK(seasonal.llf() == Approx(-46.1094).margin(5e-5));

    // Shops shut on one day of four, for years: the same fit as of the days that there are.
    Random random(5);
    Values longer;
    for (std::size_t t = 0; t < 400; ++t) {
        longer.push_back(t % 4 == 3 ? missing_value : 10.0 * static_cast<double>(t % 4) + random.normal());
    }
    const ArimaResults shut = arima_of({1, 0, 0, 0, 1, 1, 4}, no_trend).fit(longer);
    CHECK(shut.converged());
    CHECK(shut.sigma() == Approx(1).margin(0.15));
    CHECK(std::isinf(shut.forecast(4).se_mean[3]));
}

TEST_CASE("a series is the same in any unit") {
    Random random(7);
    Values y;
    double level = 0;
    for (int i = 0; i < 80; ++i) {
        y.push_back(level += random.normal());
    }
    y[40] = missing_value;
    const Arima model = arima_of({1, 1, 1}, with_mean);
    const ArimaResults one = model.fit(y);
    const ArimaForecast ahead = one.forecast(5);
    for (const double unit : {1e-300, 1e-80, 1e-8, 1e8, 1e80, 1e300}) {
        INFO("unit " << unit);
        Values scaled = y;
        for (double& x : scaled) {
            x *= unit;
        }
        const ArimaResults other = model.fit(scaled);
        CHECK(other.status() == one.status());
        CHECK(other.params()[0] / unit == Approx(one.params()[0]).epsilon(1e-9));
        CHECK(other.params()[1] == Approx(one.params()[1]).epsilon(1e-9));
        CHECK(other.params()[2] == Approx(one.params()[2]).epsilon(1e-9));
        CHECK(other.sigma() / unit == Approx(one.sigma()).epsilon(1e-9));
        CHECK(other.llf() + 78 * std::log(unit) == Approx(one.llf()).epsilon(1e-9).margin(1e-7));
        for (std::size_t h = 0; h < 5; ++h) {
            CHECK(other.forecast(5).predicted_mean[h] / unit ==
                  Approx(ahead.predicted_mean[h]).epsilon(1e-9));
            CHECK(other.forecast(5).se_mean[h] / unit == Approx(ahead.se_mean[h]).epsilon(1e-9));
        }
    }
    // Far from zero there are fewer digits, but it is no constant.
    Values far = y;
    for (double& x : far) {
        x += 1e9;
    }
    CHECK(model.fit(far).sigma() == Approx(one.sigma()).epsilon(1e-4));
}

TEST_CASE("what differences to rounding is constant, with gaps or without") {
    Values line = series_of(16, [](double i) { return i; });
    line[5] = missing_value;
    const Arima model = arima_of({0, 2, 0}, with_mean);
    CHECK(model.fit(line).status() == FitStatus::constant);
    Random random(1);
    const Values noise = series_of(30, [&](double) { return random.normal(); });
    const std::vector<ArimaFit> fits = model.fit_many(std::vector<Values>{line, noise, line});
    CHECK(fits[0].status == FitStatus::constant);
    CHECK(fits[1].status == FitStatus::converged);
    CHECK(fits[2].status == FitStatus::constant);
    const Values tenths = series_of(50, [](double i) { return 0.1 * i + 3.3; });
    CHECK(arima_of({1, 1, 0}, with_mean).fit(tenths).status() == FitStatus::constant);
}

TEST_CASE("a likelihood that is not finite is refused") {
    const Arima ar1 = arima_of({1, 0, 0}, no_trend);
    CHECK_THROWS_WITH(ar1.smooth(Values(20, 0.0), Values{0.5}), Catch::Contains("without error"));
    const ArimaResults given = arima_of({0, 1, 0}, no_trend).smooth(Values(20, 5.0), {}, {}, 1.0);
    CHECK(given.llf() == Approx(-9.5 * std::log(2 * std::numbers::pi)));
    for (const ArimaMethod method : {ArimaMethod::css, ArimaMethod::mle, ArimaMethod::css_mle}) {
        const Values doubling = series_of(30, [](double i) { return std::pow(2.0, i); });
        try {
            const ArimaResults results = ar1.fit(doubling, {.method = method});
            CHECK((!results.converged() || std::isfinite(results.llf())));
        } catch (const Error& error) {
            CHECK_FALSE(std::string(error.what()).empty());
        }
    }
}

TEST_CASE("simulated series of hard kinds reach the best known likelihood") {
    constexpr std::size_t count = 24;
    bench::KnownMaxima nothing_known{{}};
    for (const bench::ArimaSet& set : bench::arima_sets(count)) {
        const bench::ArimaSetReport report = bench::fit_set(set, maximum_orders_plan, 12, nothing_known);
        INFO(set.name);
        CHECK(report.hits(report.fits[0], 1e-4) + 1 >= count);
        CHECK(report.hits(report.fits[1], 1e-4) + 3 >= count);
    }
}

TEST_CASE("fits have the likelihood of an independent filter, and are accepted by everything") {
    for (const bench::ArimaSet& set : bench::arima_sets(8)) {
        for (std::size_t i = 0; i < set.series.size(); ++i) {
            const auto& [y, orders, trend] = set.series[i];
            const Arima model = arima_of(orders, trend);
            const ArimaResults results = model.fit(y, {.cov_type = CovarianceType::none});
            INFO(set.name << ' ' << i << ' ' << name_of(orders));
            // Near the unit circle double precision leaves some digits fewer.
            CHECK(reference_llf(y, orders, trend, without_last(results.params())) ==
                  Approx(results.llf()).margin(1e-3));
            check_accepted(model, y, results);
        }
    }
}

TEST_CASE("automatic orders pass over no model that they tried") {
    const Values passengers(airline::passengers.begin(), airline::passengers.end());
    const AutoArima search(monthly_orders_plan);
    const AutoArimaSelection whole = search.select(passengers);
    CHECK(whole.fit.aicc() < 1018.166); // R's choice, (2,1,1)(0,1,0)12, at its maximum
    std::size_t passed_over = 0;
    for (std::size_t n = 60; n <= passengers.size(); n += 6) {
        const std::span<const double> y = std::span(passengers).first(n);
        const AutoArimaSelection chosen = search.select(y);
        for (const TriedOrders& tried : chosen.tried) {
            if (!tried.taken) {
                continue;
            }
            const ArimaResults again = Arima(tried.orders, tried.trend, monthly_orders_plan)
                                           .fit(y, {.cov_type = CovarianceType::none});
            const bool stays =
                std::ranges::all_of(again.arroots(), [](const LagRoot& r) { return r.modulus > 1.01; }) &&
                std::ranges::all_of(again.maroots(), [](const LagRoot& r) { return r.modulus > 1.01; });
            passed_over += stays && again.aicc() < chosen.fit.aicc() - 0.02 ? 1 : 0;
        }
    }
    CHECK(passed_over == 0);
}

TEST_CASE("a walk goes on from a model that may not be taken") {
    // Only (p, q) with p + q = 3 or (4, 4) may be taken; the way to (4, 4) leads through refused models.
    OrderSearch search({.p = 5, .q = 5, .P = 0, .Q = 0, .constant = false, .start = {1, 2, 0, 0, false}},
                       true);
    for (std::vector<CandidateOrders> wanted; !(wanted = search.wanted(8)).empty();) {
        for (const CandidateOrders& m : wanted) {
            const bool may_be_taken = m.p + m.q == 3 || (m.p == 4 && m.q == 4);
            search.tell(m, {1000.0 - 50.0 * (m.p + m.q), may_be_taken});
        }
    }
    REQUIRE(search.best());
    CHECK(*search.best() == CandidateOrders{4, 4, 0, 0, false});
}
