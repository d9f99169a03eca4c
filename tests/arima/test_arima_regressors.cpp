// Regressors of many series, and beside orders that are chosen: against R, single fits and a Kalman filter.
#include "monthly_orders.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "../support/golden_file.hpp"
#include "reference_kalman.hpp"

#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// A series with regressors of its own: a ragged length, as many columns as it says.
struct Sample {
    std::vector<double> y;
    std::vector<double> exog; ///< row by row
    std::size_t columns = 0;

    Regressors regressors() const { return {exog, columns}; }
    std::vector<double> column(std::size_t k) const {
        std::vector<double> values;
        for (std::size_t t = 0; t < y.size(); ++t) {
            values.push_back(exog[t * columns + k]);
        }
        return values;
    }
};

/// A random walk of ARMA(1, 1) steps plus (k + 2) times regressor k.
Sample sample(std::size_t n, std::size_t columns, std::uint64_t seed) {
    Random random(seed);
    Sample s{{}, {}, columns};
    double x = 0, e = 0, level = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double next = random.normal();
        x = 0.5 * x + next + 0.3 * e;
        e = next;
        level += x;
        double y = level;
        for (std::size_t k = 0; k < columns; ++k) {
            s.exog.push_back(random.normal() + 0.01 * static_cast<double>(t * (k + 1)));
            y += static_cast<double>(k + 2) * s.exog.back();
        }
        s.y.push_back(y);
    }
    return s;
}

Arima arma_steps() { return {plan::ArimaOrders{1, 1, 1, 0, 0, 0, 1}, plan::Trend::n, yearly_orders_plan}; }

std::vector<std::vector<double>> series_of(const std::vector<Sample>& samples) {
    std::vector<std::vector<double>> series;
    for (const Sample& s : samples) {
        series.push_back(s.y);
    }
    return series;
}

std::vector<Regressors> regressors_of(const std::vector<Sample>& samples) {
    std::vector<Regressors> exog;
    for (const Sample& s : samples) {
        exog.push_back(s.regressors());
    }
    return exog;
}

std::vector<double> numbers(const nlohmann::json& list) {
    std::vector<double> values;
    for (const nlohmann::json& x : list) {
        values.push_back(x.is_null() ? std::nan("") : x.get<double>());
    }
    return values;
}

void check_close(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i] == Approx(b[i]).epsilon(tolerance).margin(tolerance));
    }
}

} // namespace

TEST_CASE("each series of a batch has its own regressors, as many as it likes") {
    std::vector<Sample> samples;
    for (std::uint64_t i = 0; i < 150; ++i) {
        samples.push_back(sample(40 + i % 9, i % 4, i + 1));
    }
    samples[5].y[20] = samples[70].y[0] = std::nan(""); // with gaps too
    const Arima model = arma_steps();
    const std::vector<std::vector<double>> series = series_of(samples);
    const std::vector<Regressors> exog = regressors_of(samples);
    const auto fit = [&](std::size_t threads, std::size_t starts) {
        return model.fit_many(
            series,
            {.fit = {.cov_type = CovarianceType::none, .starts = starts}, .exog = exog, .threads = threads});
    };
    const std::vector<ArimaFit> fits = fit(2, 0), one_thread = fit(1, 0);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        INFO(i << ": " << fits[i].message);
        const Sample& s = samples[i];
        CHECK(fits[i].params == one_thread[i].params);
        REQUIRE(fits[i].ok());
        REQUIRE(fits[i].params.size() == s.columns + 2);
        const ArimaFit alone = model.fit_many(
            std::span(&s.y, 1), {.fit = {.exog = s.regressors(), .starts = 0}, .threads = 1})[0];
        CHECK(fits[i].llf == Approx(alone.llf).margin(1e-6));
        const ArimaResults single = model.fit(s.y, {.exog = s.regressors()});
        CHECK(fits[i].llf == Approx(single.llf()).margin(2e-3)); // which searches longer
        // The likelihood at the estimates, with the regressors' coefficients at their best.
        const std::vector<double> phi{fits[i].params[s.columns]}, theta{fits[i].params[s.columns + 1]};
        const ReferenceKalman kalman({phi, theta}, {1, -1});
        std::vector<std::vector<double>> columns;
        std::vector<double> rest = s.y;
        for (std::size_t k = 0; k < s.columns; ++k) {
            columns.push_back(s.column(k));
            for (std::size_t t = 0; t < rest.size(); ++t) {
                rest[t] -= fits[i].params[k] * columns[k][t];
            }
        }
        CHECK(kalman(s.y, columns).llf() == Approx(fits[i].llf).margin(1e-7));
        CHECK(kalman(rest).llf() == Approx(fits[i].llf).margin(1e-7));
    }
}

TEST_CASE("regressors that all series share are each series' own") {
    std::vector<Sample> samples;
    for (std::uint64_t i = 0; i < 20; ++i) {
        samples.push_back(sample(50, 2, i + 1));
        samples.back().exog = samples[0].exog;
    }
    const Arima model = arma_steps();
    std::vector<std::vector<double>> series = series_of(samples);
    series.push_back(std::vector<double>(series[0].begin(), series[0].end() - 1)); // too few for them
    const std::vector<ArimaFit> shared = model.fit_many(series, {.fit = {.exog = samples[0].regressors()}});
    series.pop_back();
    const std::vector<Regressors> exog = regressors_of(samples);
    const std::vector<ArimaFit> own = model.fit_many(series, {.fit = {}, .exog = exog});
    const std::vector<ArimaFit> default_starts =
        model.fit_many(series, {.fit = {.exog = samples[0].regressors(), .starts = 1}});
    for (std::size_t i = 0; i < own.size(); ++i) {
        CHECK(shared[i].ok());
        CHECK(shared[i].params == own[i].params);
        CHECK(default_starts[i].params.size() == 4);
    }
    CHECK_FALSE(shared.back().ok());
    CHECK_THAT(shared.back().message, Catch::Contains("2 columns for each of 49 observations"));
}

TEST_CASE("what is wrong with the regressors of one series spoils no other") {
    std::vector<Sample> samples;
    for (std::uint64_t i = 0; i < 4; ++i) {
        samples.push_back(sample(50, 2, i + 1));
    }
    for (std::size_t t = 0; t < 50; ++t) {
        samples[1].exog[2 * t + 1] = 3 * samples[1].exog[2 * t];
    }
    samples[2].exog[7] = std::nan("");
    for (std::size_t t = 0; t < 50; ++t) {
        samples[3].y[t] = 4 - 2 * samples[3].exog[2 * t] + samples[3].exog[2 * t + 1];
    }
    const std::vector<Regressors> exog = regressors_of(samples);
    const std::vector<ArimaFit> fits = arma_steps().fit_many(series_of(samples), {.exog = exog});
    CHECK(fits[0].ok());
    CHECK_THAT(fits[1].message, Catch::Contains("x2 is constant, or a sum of others"));
    CHECK_THAT(fits[2].message, Catch::Contains("regressor 2 is not finite in row 4"));
    CHECK(fits[3].status == FitStatus::constant);
    check_close(fits[3].params, {-2, 1, 0, 0}, 1e-10);
    const AutoArima search(yearly_orders_plan);
    const auto chosen = search.select_many(series_of(samples), {.exog = exog});
    CHECK(chosen[0].fit.ok());
    CHECK_THAT(chosen[1].fit.message, Catch::Contains("x2 is a sum of others and a constant"));
    CHECK_THAT(chosen[2].fit.message, Catch::Contains("regressor 2 is not finite in row 4"));
    CHECK(chosen[3].fit.status == FitStatus::constant);
    check_close(chosen[3].fit.params, {4, -2, 1}, 1e-10);
    const ArimaResults exact = search.fit(samples[3].y, {.exog = samples[3].regressors()});
    CHECK(exact.status() == FitStatus::constant);
    const std::vector<double> later{1, 2, 3, 5};
    check_close(exact.forecast(2, {.exog = {later, 2}}).predicted_mean, {4, 3}, 1e-9);
}

TEST_CASE("orders beside regressors are R's") {
    const nlohmann::json values = golden::read("r_arima.json");
    for (const nlohmann::json& r : values.at("auto_arima_regressors")) {
        const std::vector<double> y = numbers(r.at("values")), xreg = numbers(r.at("xreg"));
        const std::size_t columns = r.at("names").size();
        const int period = r.at("frequency");
        const AutoArima search = period == 1   ? AutoArima(yearly_orders_plan)
                                 : period == 4 ? AutoArima(orders_plan)
                                               : AutoArima(monthly_orders_plan);
        const AutoArimaSelection ours = search.select(y, {.exog = {xreg, columns}});
        INFO(r.at("name") << ": ours " << name_of(ours.orders) << " AICc " << ours.fit.aicc());
        REQUIRE(ours.fit.ok());
        const std::vector<int> order = r.at("order"), seasonal = r.at("seasonal_order");
        CHECK(std::vector{ours.orders.p, ours.orders.d, ours.orders.q} == order);
        CHECK(std::vector{ours.orders.seasonal_p, ours.orders.seasonal_d, ours.orders.seasonal_q} ==
              std::vector(seasonal.begin(), seasonal.begin() + 3));
        const nlohmann::json& theirs = r.at("coefficients");
        const bool constant = theirs.contains("intercept") || theirs.contains("drift");
        CHECK(constant == (ours.trend == plan::Trend::differenced_mean));
        // R's likelihood of integrated models has a diffuse start.
        CHECK(ours.fit.aicc() == Approx(r.at("aicc").get<double>()).margin(0.1));
        for (std::size_t k = 0; k < columns; ++k) {
            const double expected = theirs.at(r.at("names").at(k).get<std::string>());
            CHECK(ours.fit.params[k + constant] == Approx(expected).epsilon(0.01));
        }
        const ArimaResults fitted = search.fit(y, {.exog = {xreg, columns}});
        CHECK(fitted.llf() == Approx(ours.fit.llf).margin(1e-6));
    }
}

TEST_CASE("constant regressors are left out, and forecasts want the others only") {
    const AutoArima search(orders_plan);
    const Sample plain = sample(80, 1, 5);
    Sample more{plain.y, {}, 3};
    for (std::size_t t = 0; t < more.y.size(); ++t) {
        more.exog.insert(more.exog.end(), {7.0, plain.exog[t], 0.0});
    }
    const AutoArimaSelection with = search.select(more.y, {.exog = more.regressors()});
    const AutoArimaSelection without = search.select(plain.y, {.exog = plain.regressors()});
    CHECK(with.exog_columns == std::vector<std::size_t>{1});
    CHECK(without.exog_columns == std::vector<std::size_t>{0});
    CHECK(with.orders == without.orders);
    CHECK(with.fit.params == without.fit.params);
    const ArimaResults fitted = search.fit(more.y, with, {.exog = more.regressors()});
    const std::vector<double> later{7, 1.5, 0, 7, 2.5, 0};
    const std::vector<double> chosen = with.chosen_regressors({later, 3});
    CHECK(chosen == std::vector{1.5, 2.5});
    CHECK(fitted.forecast(2, {.exog = {chosen, 1}}).predicted_mean.size() == 2);
    CHECK_THROWS_WITH(search.fit(more.y, with), Catch::Contains("has regressor 2"));
    const std::vector<double> ones(80, 1.0);
    const AutoArimaSelection none = search.select(plain.y, {.exog = {ones, 1}});
    CHECK(none.exog_columns.empty());
    CHECK(none.fit.params == search.select(plain.y).fit.params);
}

TEST_CASE("a selection with regressors is the same alone, in a batch and for any number of threads") {
    const AutoArima search(orders_plan);
    std::vector<Sample> samples;
    for (std::uint64_t i = 0; i < 34; ++i) {
        samples.push_back(sample(60 + i % 5, 1 + i % 2, i + 1));
    }
    const std::vector<std::vector<double>> series = series_of(samples);
    const std::vector<Regressors> exog = regressors_of(samples);
    const auto one = search.select_many(series, {.exog = exog, .threads = 1});
    const auto two = search.select_many(series, {.exog = exog, .threads = 2});
    for (std::size_t i = 0; i < series.size(); ++i) {
        const AutoArimaSelection alone = search.select(series[i], {.exog = samples[i].regressors()});
        INFO(i << ": " << one[i].fit.message);
        REQUIRE(one[i].fit.ok());
        CHECK(one[i].fit.params == two[i].fit.params);
        CHECK(one[i].orders == two[i].orders);
        CHECK(one[i].orders == alone.orders);
        CHECK(one[i].fit.llf == Approx(alone.fit.llf).margin(1e-6));
        CHECK(one[i].fit.params[one[i].trend == plan::Trend::differenced_mean] == Approx(2).margin(0.5));
    }
}

TEST_CASE("orders may be compared on the last observations with their regressors") {
    const AutoArima search(yearly_orders_plan);
    const Sample s = sample(120, 2, 8);
    const AutoArimaSelection part = search.select(s.y, {.truncate = 60, .exog = s.regressors()});
    REQUIRE(part.fit.ok());
    CHECK(part.fit.nobs == 119);
    CHECK(part.fit.params[0] == Approx(2).margin(0.5));
    const Arima model(part.orders, part.trend, yearly_orders_plan);
    CHECK(model.loglike(s.y, part.fit.params, s.regressors()) == Approx(part.fit.llf).margin(1e-7));
}

TEST_CASE("a regressor that takes the place of the constant leaves the model without one") {
    const AutoArima search(yearly_orders_plan);
    Sample s = sample(80, 1, 3);
    for (std::size_t t = 0; t < s.y.size(); ++t) { // a line: constant once differenced
        s.exog[t] = static_cast<double>(t);
    }
    const AutoArimaSelection chosen = search.select(s.y, {.d = 1, .exog = s.regressors()});
    INFO(chosen.fit.message);
    REQUIRE(chosen.fit.ok());
    CHECK(chosen.trend == plan::Trend::n);
    CHECK(chosen.orders.d == 1);
    // R takes a difference less where a regressor would be constant once differenced.
    CHECK(search.select(s.y, {.exog = s.regressors()}).orders.d == 0);
}
