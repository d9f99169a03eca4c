// Fits, forecasts and diagnostics against statsmodels and R; what a caller can get wrong.
#include "../support/golden_file.hpp"
#include "../support/temporary_folder.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "monthly_orders.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "two_seasonal.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/acf.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <fstream>
#include <limits>

using namespace timeloom;
using nlohmann::json;

namespace {

std::vector<double> transformed(const json& series) {
    std::vector<double> values;
    const std::string transform = series.at("transform");
    for (const json& x : series.at("values")) {
        const double value = x.is_null() ? std::nan("") : x.get<double>();
        values.push_back(transform == "log"     ? std::log(value)
                         : transform == "log10" ? std::log10(value)
                                                : value);
    }
    return values;
}

plan::ArimaOrders orders_of(const json& c) {
    const auto o = c.at("order").get<std::array<int, 3>>();
    const auto s = c.at("seasonal_order").get<std::array<int, 4>>();
    return {o[0], o[1], o[2], s[0], s[1], s[2], std::max(1, s[3])};
}

const plan::ArimaFilters& plan_for(const plan::ArimaOrders& orders) {
    if (orders.seasonal_period == 12 && orders.seasonal_p > 1) {
        return two_seasonal_plan;
    }
    if (orders.seasonal_period == 4) {
        return all_factors_plan;
    }
    return orders.seasonal_period == 12 ? monthly_orders_plan : yearly_orders_plan;
}

/// A case of the golden files: the series, its regressors row by row, also of the steps after it, and the
/// model.
struct Case {
    std::vector<double> y;
    std::vector<double> exog;
    std::vector<double> later_exog;
    std::size_t columns = 0;
    Arima model;

    Case(const json& file, const json& c)
        : y(transformed(file.at("series").at(c.at("series")))),
          model(orders_of(c), c.at("trend") == "c" ? plan::Trend::differenced_mean : plan::Trend::n,
                plan_for(orders_of(c))) {
        const std::string name = c.at("name");
        if (file.contains("exog") && file.at("exog").contains(name)) {
            const auto table = file.at("exog").at(name).get<std::vector<std::vector<double>>>();
            columns = table.size();
            for (std::size_t t = 0; t < table[0].size(); ++t) {
                for (const auto& column : table) {
                    (t < y.size() ? exog : later_exog).push_back(column[t]);
                }
            }
        }
    }
    Regressors regressors() const { return {exog, columns}; }
    ForecastOptions ahead() const { return {.exog = {later_exog, columns}}; }
};

std::vector<double> numbers(const json& list) {
    std::vector<double> values;
    for (const json& x : list) {
        values.push_back(x.is_null() ? std::nan("") : x.get<double>());
    }
    return values;
}

void check_equal(const std::vector<double>& actual, const std::vector<double>& expected, double relative,
                 double absolute = 0) {
    REQUIRE(actual.size() == expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
        INFO("element " << i);
        if (std::isnan(expected[i])) {
            CHECK(std::isnan(actual[i]));
        } else {
            CHECK(actual[i] == Approx(expected[i]).epsilon(relative).margin(absolute));
        }
    }
}

void check_forecast(const ArimaForecast& forecast, const json& expected, double relative) {
    const std::vector<double> mean = numbers(expected.at("mean"));
    const std::vector<double> se = numbers(expected.at("se"));
    check_equal(forecast.se_mean, se, relative);
    REQUIRE(forecast.predicted_mean.size() == mean.size());
    for (std::size_t h = 0; h < mean.size(); ++h) { // a mean near zero has the error of its standard error
        CHECK(forecast.predicted_mean[h] == Approx(mean[h]).epsilon(relative).margin(relative * se[h]));
    }
    if (expected.contains("lower")) {
        check_equal(forecast.lower, numbers(expected.at("lower")), relative, relative * se[0]);
        check_equal(forecast.upper, numbers(expected.at("upper")), relative, relative * se[0]);
    }
}

std::vector<double> without_last(std::vector<double> values) {
    values.pop_back();
    return values;
}

std::vector<double> airline_series() {
    return transformed(golden::read("r_arima.json").at("series").at("AirPassengers"));
}

} // namespace

TEST_CASE("likelihood, predictions and forecasts at given parameters equal statsmodels'") {
    const json file = golden::read("statsmodels_arima.json");
    for (const json& c : file.at("cases")) {
        INFO(c.at("name"));
        const Case k(file, c);
        const json& fixed = c.at("fixed");
        const std::vector<double> params = numbers(fixed.at("params"));
        const ArimaResults results = k.model.smooth(k.y, without_last(params), k.regressors(), params.back());
        CHECK(results.llf() == Approx(fixed.contains("llf_integrated")
                                          ? fixed.at("llf_integrated").get<double>()
                                          : fixed.at("llf").get<double>())
                                   .epsilon(1e-10));
        check_forecast(results.forecast(12, k.ahead()), fixed.at("forecast"), 1e-9);
        // With differences, statsmodels only predicts w where all it is made of is there.
        const bool same = !fixed.contains("llf_integrated") && k.model.orders().lost() == 0;
        if (fixed.contains("in_sample") && same) {
            const ArimaForecast inside = results.predictions();
            check_equal(inside.se_mean, numbers(fixed.at("in_sample").at("se")), 1e-9);
        }
    }
}

TEST_CASE("edge cases of the likelihood") {
    const json file = golden::read("statsmodels_arima.json");
    for (const json& c : file.at("likelihoods")) {
        const std::string name = c.at("name");
        INFO(name);
        const Case k(file, c);
        const std::vector<double> params = numbers(c.at("params"));
        const auto results = [&] { return k.model.smooth(k.y, without_last(params), {}, params.back()); };
        if (name == "shorter_than_order" || name == "single_value") {
            CHECK_THROWS_WITH(results(),
                              Catch::Contains("needs at least") && Catch::Contains("observations"));
        } else {
            CHECK(results().llf() == Approx(c.at("llf").get<double>()).epsilon(1e-9));
        }
    }
}

TEST_CASE("maximum likelihood equals statsmodels' polished optimum") {
    const json file = golden::read("statsmodels_arima.json");
    for (const json& c : file.at("cases")) {
        INFO(c.at("name"));
        if (c.at("fixed").contains("llf_integrated")) {
            continue; // statsmodels leaves out every difference that touches a missing value, we do not
        }
        const Case k(file, c);
        const json& optimum = c.at("optimum");
        const ArimaResults results = k.model.fit(k.y, {.exog = k.regressors()});
        CHECK(results.converged());
        CHECK(results.llf() == Approx(optimum.at("llf").get<double>()).epsilon(1e-10));
        const std::vector<double> params = numbers(optimum.at("params"));
        const std::vector<double> bse = numbers(optimum.at("bse"));
        REQUIRE(results.params().size() == params.size());
        for (std::size_t i = 0; i < params.size(); ++i) { // to a millionth of what is known of them
            CHECK(results.params()[i] == Approx(params[i]).margin(1e-6 * bse[i]));
        }
        check_equal(results.bse(), bse, 1e-6);
        check_equal(results.pvalues(), numbers(optimum.at("pvalues")), 1e-4, 1e-9);
        if (c.at("series") != "presidents") { // statsmodels counts missing observations, too
            CHECK(results.aicc() == Approx(optimum.at("aicc").get<double>()).epsilon(1e-9));
            CHECK(results.bic() == Approx(optimum.at("bic").get<double>()).epsilon(1e-9));
            CHECK(results.hqic() == Approx(optimum.at("hqic").get<double>()).epsilon(1e-9));
        }
        CHECK(results.aic() == Approx(optimum.at("aic").get<double>()).epsilon(1e-9));
        check_forecast(results.forecast(12, k.ahead()), optimum.at("forecast"), 1e-6);
        const ArimaResults opg = k.model.fit(k.y, {.cov_type = CovarianceType::opg, .exog = k.regressors()});
        check_equal(opg.bse(), numbers(optimum.at("bse_opg")), 1e-5);
    }
}

TEST_CASE("roots equal statsmodels'") {
    const json file = golden::read("statsmodels_arima.json");
    for (const json& c : file.at("cases")) {
        INFO(c.at("name"));
        if (c.at("fixed").contains("llf_integrated")) {
            continue;
        }
        const Case k(file, c);
        const ArimaResults results = k.model.fit(k.y, {.exog = k.regressors()});
        for (const auto& [roots, expected] : {std::pair(results.arroots(), c.at("optimum").at("ar_roots")),
                                              std::pair(results.maroots(), c.at("optimum").at("ma_roots"))}) {
            REQUIRE(roots.size() == expected.size());
            for (const json& e : expected) { // in whatever order
                const std::complex<double> z(e[0].get<double>(), e[1].get<double>());
                double nearest = HUGE_VAL;
                for (const LagRoot& r : roots) {
                    nearest = std::min(nearest, std::abs(r.value - z));
                }
                CHECK(nearest < 1e-5 * std::abs(z));
            }
        }
    }
}

TEST_CASE("conditional least squares equals R's") {
    const json file = golden::read("r_arima.json");
    for (const json& c : file.at("cases")) {
        INFO(c.at("name"));
        if (c.contains("regressors") || c.at("series") == "presidents" || c.at("mean") == true) {
            continue; // R's mean is no least-squares estimate given zero residuals; test_arima_css.cpp has
                      // missing values
        }
        const std::vector<double> y = transformed(file.at("series").at(c.at("series")));
        const Arima model(orders_of(c), plan::Trend::n, plan_for(orders_of(c)));
        const ArimaResults results = model.fit(y, {.method = ArimaMethod::css});
        CHECK(results.sigma2() == Approx(c.at("css").at("sigma2").get<double>()).epsilon(1e-6));
        const ArimaResults ml = model.fit(y, {.method = ArimaMethod::css_mle});
        if (c.contains("ml_differenced")) {
            CHECK(ml.llf() == Approx(c.at("ml_differenced").at("loglik").get<double>()).epsilon(1e-7));
        }
    }
}

TEST_CASE("many series give what each gives alone, on any number of threads") {
    const Arima model(airline_plan);
    const std::vector<double> y = airline_series();
    std::vector<std::vector<double>> series;
    for (std::size_t i = 0; i < 150; ++i) { // ragged
        series.emplace_back(y.begin(), y.end() - static_cast<std::ptrdiff_t>(i % 50));
    }
    series[3].assign(100, 5.0);
    series[70][20] = std::nan("");
    series[71][20] = std::numeric_limits<double>::infinity();
    series[72].resize(10);
    const std::vector<ArimaFit> one = model.fit_many(series, {.threads = 1});
    const std::vector<ArimaFit> two = model.fit_many(series, {.threads = 2});
    for (std::size_t i = 0; i < series.size(); ++i) {
        INFO("series " << i);
        CHECK(one[i].status == two[i].status);
        CHECK(one[i].params == two[i].params);
        CHECK(one[i].llf == two[i].llf);
        if (i == 3) {
            CHECK(one[i].status == FitStatus::constant);
        } else if (i == 71 || i == 72) {
            CHECK(one[i].status == FitStatus::failed);
            CHECK(!one[i].message.empty());
        } else {
            CHECK(one[i].status == FitStatus::converged);
            if (i % 25 == 0 || i == 70) {
                const ArimaResults alone = model.fit(series[i]);
                CHECK(one[i].llf == Approx(alone.llf()).epsilon(1e-11));
                check_equal(one[i].params, without_last(alone.params()), 1e-4);
            }
        }
    }
}

TEST_CASE("saved results forecast the same") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "airline.json";
    std::vector<double> y = airline_series();
    y[50] = std::nan("");
    const Arima model(airline_plan);
    const ArimaResults results = model.fit(y);
    results.save(file);
    const ArimaResults loaded = ArimaResults::load(file, airline_plan);
    CHECK(loaded.params() == results.params());
    CHECK(loaded.bse() == results.bse());
    CHECK(loaded.forecast(24).predicted_mean == results.forecast(24).predicted_mean);
    CHECK(loaded.forecast(24).upper == results.forecast(24).upper);
    CHECK(loaded.summary() == results.summary());

    std::string text;
    std::getline(std::ifstream(file), text, '\0');
    const auto write = [&](const std::string& content) { std::ofstream(file) << content; };
    write(text.substr(0, text.size() / 2));
    CHECK_THROWS_WITH(ArimaResults::load(file, airline_plan), Catch::Contains("damaged"));
    std::string changed = text;
    changed.replace(changed.find("\"sigma2\": 0.0"), 13, "\"sigma2\": 0.1");
    write(changed);
    CHECK_THROWS_WITH(ArimaResults::load(file, airline_plan), Catch::Contains("checksum"));
    write("{}");
    CHECK_THROWS_AS(ArimaResults::load(file, airline_plan), Error);
    write(text);
    CHECK_THROWS_WITH(ArimaResults::load(file, random_walk_plan), Catch::Contains("do not serve"));
    CHECK_THROWS_WITH(ArimaResults::load(folder.path() / "none.json", airline_plan),
                      Catch::Contains("cannot be opened"));
}

TEST_CASE("append and rolling forecasts go on from what is known") {
    const std::vector<double> y = airline_series();
    const Arima model(airline_plan);
    const std::span<const double> first = std::span(y).first(132);
    const std::span<const double> rest = std::span(y).subspan(132);
    const ArimaResults start = model.fit(first);
    const ArimaResults all = start.append(rest);
    CHECK(all.params() == start.params());
    CHECK(all.nobs() == start.nobs() + rest.size());
    // A one-step forecast is what the next prediction in the sample will be.
    CHECK(start.forecast(1).predicted_mean[0] == Approx(all.fittedvalues()[start.nobs()]).epsilon(1e-12));
    const ArimaResults refitted = start.append(rest, true);
    CHECK(refitted.llf() == Approx(model.fit(y).llf()).epsilon(1e-11));

    const std::vector<double> fixed = rolling_forecast(model, y, 132, false);
    const std::vector<double> fitted = all.fittedvalues();
    check_equal(fixed, {fitted.end() - 12, fitted.end()}, 1e-11);
    CHECK(rolling_forecast(model, y, 142).size() == 2);
}

TEST_CASE("simulated series have the autocorrelations of their model") {
    const Arima model(plan::ArimaOrders{1, 0, 1}, plan::Trend::n, yearly_orders_plan);
    const std::vector<double> params{0.7, 0.4};
    const std::vector<double> w = model.simulate(params, 4.0, 200'000, 5);
    CHECK(w == model.simulate(params, 4.0, 200'000, 5));
    // γ₀ = σ² (1 + 2φθ + θ²) / (1 - φ²), ρ₁ = (1 + φθ)(φ + θ) / (1 + 2φθ + θ²); limits: 4 standard errors
    double square = 0;
    for (const double x : w) {
        square += x * x / 200'000;
    }
    CHECK(square == Approx(4.0 * 1.72 / 0.51).epsilon(0.03));
    const Correlogram r = acf(w, 2);
    CHECK(r.values[1] == Approx(1.28 * 1.1 / 1.72).margin(0.01));
    CHECK(r.values[2] == Approx(0.7 * 1.28 * 1.1 / 1.72).margin(0.015));
}

TEST_CASE("a random walk has nothing to search for") {
    const Arima model(random_walk_plan);
    const std::vector<double> y{1, 3, 2, 5, 4, 4.5};
    const ArimaResults results = model.fit(y);
    CHECK(results.sigma2() == Approx((4 + 1 + 9 + 1 + 0.25) / 5));
    const ArimaForecast forecast = results.forecast(4);
    CHECK(forecast.predicted_mean == std::vector<double>(4, 4.5));
    CHECK(forecast.se_mean[3] == Approx(2 * results.sigma()));
}

TEST_CASE("what is wrong with a fit is told") {
    const Arima model(airline_plan);
    std::vector<double> y = airline_series();
    CHECK_THROWS_WITH(model.fit(std::span(y).first(10)),
                      Catch::Contains("needs at least") && Catch::Contains("has 10"));
    CHECK_THROWS_WITH(model.fit(std::vector<double>{}), Catch::Contains("has 0"));
    CHECK_THROWS_WITH(model.fit(y, {.start_params = {0.5}}), Catch::Contains("start_params has 1"));
    CHECK_THROWS_WITH(model.fit(y, {.start_params = {1.5, 0.2}}),
                      Catch::Contains("not stationary and invertible"));
    const std::vector<double> short_exog(10);
    CHECK_THROWS_WITH(model.fit(y, {.exog = {short_exog, 1}}), Catch::Contains("10 values"));
    const std::vector<double> constant_exog(y.size(), 1.0);
    CHECK_THROWS_WITH(model.fit(y, {.exog = {constant_exog, 1}}), Catch::Contains("linearly dependent"));
    y[7] = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH(model.fit(y), Catch::Contains("observation 8 is infinite"));
    y[7] = std::nan("");
    CHECK(model.fit(y, {.method = ArimaMethod::css}).converged());
    CHECK(model.fit(y).converged());
    CHECK_THROWS_WITH(Arima(plan::ArimaOrders{3, 0, 0}, plan::Trend::n, airline_plan),
                      Catch::Contains("do not serve"));
    CHECK_THROWS_WITH(Arima(plan::ArimaOrders{1, 1, 0}, plan::Trend::c, yearly_orders_plan),
                      Catch::Contains("differencing"));
    const ArimaResults stopped = model.fit(airline_series(), {.maxiter = 3});
    CHECK(stopped.status() == FitStatus::iteration_limit);
    CHECK_THAT(stopped.message(), Catch::Contains("maxiter"));
}
