// One observation at a time: the stream against the dense covariance matrix, and against filtering all again.
#include "../kernels/dense_process.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

using namespace timeloom;
using tests::DenseProcess;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct StreamCase {
    const char* name;
    plan::ArimaOrders orders;
    const plan::ArimaFilters* plan;
    std::vector<double> params; ///< ar, ma, seasonal ar, seasonal ma
    double mean = 0;            ///< of the differenced series
};

const std::vector<StreamCase>& cases() {
    static const std::vector<StreamCase> all{
        {"white noise", {0, 0, 0, 0, 0, 0, 1}, &yearly_orders_plan, {}, 0.7},
        {"random walk", {0, 1, 0, 0, 0, 0, 1}, &random_walk_plan, {}, -0.2},
        {"ar2", {2, 0, 0, 0, 0, 0, 1}, &yearly_orders_plan, {1.2, -0.5}, 3.0},
        {"ma1 near the unit circle", {0, 0, 1, 0, 0, 0, 1}, &yearly_orders_plan, {-0.98}},
        {"ma1 on the unit circle", {0, 0, 1, 0, 0, 0, 1}, &yearly_orders_plan, {-1.0}},
        {"arima(5, 2, 5)",
         {5, 2, 5, 0, 0, 0, 1},
         &yearly_orders_plan,
         {0.3, -0.2, 0.1, 0.2, -0.1, 0.5, 0.2, -0.3, 0.1, 0.2}},
        {"airline", {0, 1, 1, 0, 1, 1, 12}, &airline_plan, {-0.4, -0.6}},
        {"all factors", {2, 1, 1, 1, 1, 2, 4}, &all_factors_plan, {0.5, -0.3, 0.4, 0.3, -0.5, 0.2}},
    };
    return all;
}

tests::ReferenceArma arma_of(const StreamCase& c) {
    const auto part = [&](int first, int count) {
        return std::vector<double>(c.params.begin() + first, c.params.begin() + first + count);
    };
    const plan::ArimaOrders& o = c.orders;
    const auto s = static_cast<std::size_t>(o.seasonal_period);
    return {tests::expanded(part(0, o.p), part(o.p + o.q, o.seasonal_p), s, -1.0),
            tests::expanded(part(o.p, o.q), part(o.p + o.q + o.seasonal_p, o.seasonal_q), s, 1.0)};
}

Arima model_of(const StreamCase& c) {
    return {c.orders, c.mean != 0 ? plan::Trend::differenced_mean : plan::Trend::n, *c.plan};
}

std::vector<double> params_of(const StreamCase& c) {
    std::vector<double> params = c.params;
    if (c.mean != 0) {
        params.insert(params.begin(), c.mean);
    }
    return params;
}

/// Any numbers: equality holds for all of them.
std::vector<double> numbers(std::size_t size, std::uint32_t state) {
    std::vector<double> y;
    for (std::size_t t = 0; t < size; ++t) {
        state = 1664525u * state + 1013904223u;
        y.push_back(4.0 * state / 4294967296.0 - 2.0);
    }
    return y;
}

/// The series less what its mean adds to it, of which the dense process knows nothing.
std::vector<double> without_mean(const StreamCase& c, std::vector<double> y) {
    const plan::ArimaOrders& o = c.orders;
    double each = c.mean; // per step, one difference at most
    for (std::size_t t = 0; t < y.size(); ++t) {
        y[t] -= o.d + o.seasonal_d == 0 ? each : each * static_cast<double>(t);
    }
    return y;
}

double mean_at(const StreamCase& c, std::size_t t) {
    return c.orders.d + c.orders.seasonal_d == 0 ? c.mean : c.mean * static_cast<double>(t);
}

} // namespace

TEST_CASE("each update of a stream conditions on one more observation") {
    for (const StreamCase& c : cases()) {
        INFO(c.name);
        const plan::ArimaOrders& o = c.orders;
        const auto lost = static_cast<std::size_t>(o.lost());
        const std::size_t size = lost + 40, begin = lost + 18;
        std::vector<double> y = numbers(size, 11);
        // Gaps in the sample, at its end and after it; several in a row, more than there are lags.
        for (const std::size_t gap : {lost + 6, lost + 7, begin - 1, begin + 2, begin + 5}) {
            y[gap] = missing;
        }
        for (std::size_t gap = begin + 7; gap < begin + 13; ++gap) {
            y[gap] = missing;
        }
        const std::vector<double> free = without_mean(c, y);
        const DenseProcess process(
            arma_of(c), static_cast<std::size_t>(o.d), static_cast<std::size_t>(o.seasonal_d),
            static_cast<std::size_t>(o.seasonal_period), {free.begin(), free.begin() + o.lost()}, size);
        const std::span<const double> sample = std::span(y).first(begin);
        const ArimaResults results = model_of(c).smooth(sample, params_of(c), {}, 2.25);
        ArimaStream stream(results);
        for (std::size_t t = begin; t < size; ++t) {
            INFO("before " << t);
            const auto expected = process.given(free, t, t);
            const ArimaPrediction next = stream.next();
            CHECK(next.mean == Approx(expected.mean + mean_at(c, t)).epsilon(1e-8).margin(1e-8));
            CHECK(next.se == Approx(1.5 * std::sqrt(expected.variance)).epsilon(1e-8));
            CHECK(next.upper - next.mean == Approx(1.959963985 * next.se));
            const double error = stream.update(y[t]);
            CHECK((std::isnan(y[t]) ? std::isnan(error) : error == y[t] - next.mean));
        }
        // In the sample: predictions also of what is missing.
        const ArimaForecast inside = results.predictions();
        for (std::size_t t = lost; t < begin; ++t) {
            INFO("at " << t);
            const auto expected = process.given(free, t, t);
            CHECK(inside.predicted_mean[t - lost] ==
                  Approx(expected.mean + mean_at(c, t)).epsilon(1e-8).margin(1e-8));
            CHECK(inside.se_mean[t - lost] == Approx(1.5 * std::sqrt(expected.variance)).epsilon(1e-8));
            CHECK(std::isnan(results.resid()[t - lost]) == std::isnan(y[t]));
        }
        // Several steps ahead.
        const ArimaForecast ahead = results.forecast(size - begin);
        for (std::size_t t = begin; t < size; ++t) {
            const auto expected = process.given(free, begin, t);
            CHECK(ahead.predicted_mean[t - begin] ==
                  Approx(expected.mean + mean_at(c, t)).epsilon(1e-8).margin(1e-8));
            CHECK(ahead.se_mean[t - begin] == Approx(1.5 * std::sqrt(expected.variance)).epsilon(1e-8));
        }
    }
}

TEST_CASE("a stream equals filtering everything again") {
    for (const StreamCase& c : cases()) {
        INFO(c.name);
        const Arima model = model_of(c);
        // Realistic numbers: a realisation of the model, with gaps.
        std::vector<double> y = model.simulate(params_of(c), 2.25, 600, 3);
        for (std::size_t t = 50; t < y.size(); t += 37) {
            y[t] = missing;
        }
        double size = 0;
        for (const double x : y) {
            size = std::isnan(x) ? size : std::max(size, std::abs(x));
        }
        ArimaStream stream(model.smooth(std::span(y).first(60), params_of(c), {}, 2.25));
        for (std::size_t t = 60; t < y.size(); ++t) {
            stream.update(y[t]);
        }
        const ArimaForecast expected = model.smooth(y, params_of(c), {}, 2.25).forecast(6);
        const ArimaForecast forecast = stream.forecast(6);
        for (std::size_t h = 0; h < 6; ++h) {
            CHECK(std::abs(forecast.predicted_mean[h] - expected.predicted_mean[h]) <= 1e-12 * size);
            CHECK(forecast.se_mean[h] == Approx(expected.se_mean[h]).epsilon(1e-12));
        }
        CHECK(stream.observations() == y.size());
        CHECK(stream.next().mean == forecast.predicted_mean[0]);
    }
}

TEST_CASE("a stream takes regressors and trends") {
    std::vector<double> y = numbers(80, 5), x = numbers(80, 6);
    for (std::size_t t = 0; t < y.size(); ++t) {
        y[t] += 0.3 * static_cast<double>(t) + 2 * x[t];
    }
    const Arima model(plan::ArimaOrders{1, 0, 1}, plan::Trend::ct, yearly_orders_plan);
    const std::vector<double> params{0.5, 0.3, 2.0, 0.6, -0.2};
    ArimaStream stream(model.smooth(std::span(y).first(40), params, {std::span(x).first(40), 1}, 1.0));
    for (std::size_t t = 40; t < 79; ++t) {
        stream.update(y[t], std::span(x).subspan(t, 1));
    }
    const ArimaResults all = model.smooth(std::span(y).first(79), params, {std::span(x).first(79), 1}, 1.0);
    const std::span<const double> later = std::span(x).last(1);
    CHECK(stream.next(later).mean ==
          Approx(all.forecast(1, {.exog = {later, 1}}).predicted_mean[0]).epsilon(1e-12));
    CHECK_THROWS_WITH(stream.next(), Catch::Contains("1 regressors, but 0 values"));
    CHECK_THROWS_WITH(stream.update(1.0), Catch::Contains("1 regressors, but 0 values"));
    CHECK_THROWS_WITH(stream.update(std::numeric_limits<double>::infinity(), later),
                      Catch::Contains("observation 80 is infinite"));
    CHECK(stream.observations() == 79);
}

TEST_CASE("streams are values") {
    const Arima model(random_walk_plan);
    ArimaStream first(model.smooth(std::vector<double>{1, 3, 2, 5}, {}));
    ArimaStream second = first;
    second.update(7);
    CHECK(first.next().mean == 5.0);
    CHECK(second.next().mean == 7.0);
    first = std::move(second);
    CHECK(first.next().mean == 7.0);
    CHECK_THROWS_WITH(second.next(), Catch::Contains("moved from"));
    CHECK_THROWS_WITH(ArimaStream(second), Catch::Contains("moved from"));
    CHECK_THROWS_WITH(ArimaStream(model.smooth(std::vector<double>{1, 3, 2, 5}, {}), 1.5),
                      Catch::Contains("alpha is 1.5"));
}

TEST_CASE("a series without error is known exactly or not at all") {
    // Each season repeats itself; the third is never observed.
    std::vector<double> y;
    for (int year = 0; year < 4; ++year) {
        y.insert(y.end(), {1, 2, missing, 4});
    }
    const Arima model(plan::ArimaOrders{0, 0, 0, 0, 1, 0, 4}, plan::Trend::n, all_factors_plan);
    const ArimaResults results = model.fit(y);
    REQUIRE(results.status() == FitStatus::constant);
    const double infinity = std::numeric_limits<double>::infinity();
    const ArimaForecast forecast = results.forecast(8), predictions = results.predictions();
    REQUIRE(predictions.se_mean.size() == 12);
    ArimaStream stream(results);
    for (std::size_t h = 0; h < 8; ++h) {
        INFO("step " << h);
        const ArimaPrediction next = stream.next();
        const double error = h % 4 == 2 ? infinity : 0;
        CHECK(forecast.se_mean[h] == error);
        CHECK(predictions.se_mean[h] == error);
        CHECK(next.se == error);
        if (h % 4 == 2) {
            CHECK(std::isnan(forecast.predicted_mean[h]));
            CHECK(std::isnan(predictions.predicted_mean[h]));
            CHECK(std::isnan(next.mean));
        } else {
            CHECK(forecast.predicted_mean[h] == Approx(y[h]));
            CHECK(predictions.predicted_mean[h] == Approx(y[h]));
            CHECK(next.mean == Approx(y[h]));
        }
        stream.update(y[h]);
    }
}
