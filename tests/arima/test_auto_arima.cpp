// Order selection against R's auto.arima, and what it does with series that have no order.
#include "monthly_orders.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "../support/golden_file.hpp"

#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

using namespace timeloom;

// A family is searched, a model is fitted: the compiler tells them apart.
static_assert(std::is_constructible_v<AutoArima, plan::ArimaFamily>);
static_assert(!std::is_constructible_v<Arima, plan::ArimaFamily>);
static_assert(!std::is_constructible_v<AutoArima, plan::Arima>);

namespace {

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

std::vector<double> values_of(const nlohmann::json& series) {
    std::vector<double> y;
    for (const nlohmann::json& value : series.at("values")) {
        const double x = value.is_null() ? missing_value : value.get<double>();
        const std::string transform = series.at("transform");
        y.push_back(transform == "log" ? std::log(x) : transform == "log10" ? std::log10(x) : x);
    }
    return y;
}

struct Family {
    AutoArima search;
    const plan::ArimaFilters& plan;
};

Family family_of(int period) {
    switch (period) {
    case 1:
        return {AutoArima(yearly_orders_plan), yearly_orders_plan};
    case 4:
        return {AutoArima(orders_plan), orders_plan};
    default:
        return {AutoArima(monthly_orders_plan), monthly_orders_plan};
    }
}

std::string described(const AutoArimaSelection& s) {
    return name_of(s.orders) + (s.trend == plan::Trend::n ? "" : " with constant") + ", AICc " +
           std::to_string(s.fit.aicc()) + ", " + std::to_string(s.tried.size()) + " models";
}

/// A random walk of ARMA(1, 1) steps with a season.
std::vector<double> simulated(std::size_t n, std::size_t season, std::uint64_t seed) {
    Random random(seed);
    std::vector<double> y(n);
    double x = 0, e = 0, level = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double next = random.normal();
        x = 0.6 * x + next + 0.3 * e;
        e = next;
        level += x;
        y[t] =
            100 + level +
            5 * std::sin(6.28318530717958648 * static_cast<double>(t % season) / static_cast<double>(season));
    }
    return y;
}

bool same_bits(const AutoArimaSelection& a, const AutoArimaSelection& b) {
    return a.orders == b.orders && a.trend == b.trend && a.fit.params == b.fit.params &&
           a.fit.llf == b.fit.llf && a.fit.sigma2 == b.fit.sigma2 && a.tried.size() == b.tried.size();
}

} // namespace

TEST_CASE("no order has a higher AICc than the one that R's auto.arima chooses") {
    const nlohmann::json values = golden::read("r_arima.json");
    for (const nlohmann::json& r : values.at("auto_arima_exact")) {
        const nlohmann::json& series = values.at("series").at(r.at("series").get<std::string>());
        const std::vector<double> y = values_of(series);
        const Family family = family_of(series.at("frequency"));
        const AutoArimaSelection ours = family.search.select(y);
        const std::vector<int> order = r.at("order"), seasonal = r.at("seasonal_order");
        const plan::ArimaOrders theirs{order[0],    order[1],    order[2],   seasonal[0],
                                       seasonal[1], seasonal[2], seasonal[3]};
        const auto& names = r.at("coefficients");
        const bool constant = names.contains("intercept") || names.contains("drift");
        const auto trend = constant ? plan::Trend::differenced_mean : plan::Trend::n;
        const ArimaFit fit = Arima(theirs, trend, family.plan).fit_many(std::span(&y, 1), {.threads = 1})[0];
        INFO(r.at("series") << ": ours " << described(ours) << "; theirs " << name_of(theirs) << " AICc "
                            << fit.aicc() << " constant " << constant);
        CHECK(ours.fit.ok());
        CHECK(ours.orders.d == theirs.d);
        CHECK(ours.orders.seasonal_d == theirs.seasonal_d);
        CHECK(ours.fit.aicc() <= fit.aicc() + 1e-6);
    }
}

TEST_CASE("the stepwise search ends where R's does when it sees the same neighbours") {
    // Not LakeHuron, where R tries neighbours with a drift although it found the model better without, and
    // UKgas, where R's fit of ARIMA(2,0,1)(0,1,0)4 with drift ends at a lower maximum.
    const std::vector<std::string> same{"AirPassengers", "Nile",       "USAccDeaths",  "WWWusage",
                                        "lynx",          "presidents", "sunspot.year", "nottem"};
    const nlohmann::json values = golden::read("r_arima.json");
    for (const nlohmann::json& r : values.at("auto_arima_exact")) {
        const std::string name = r.at("series");
        if (std::ranges::find(same, name) == same.end()) {
            continue;
        }
        const nlohmann::json& series = values.at("series").at(name);
        const AutoArimaSelection ours = family_of(series.at("frequency")).search.select(values_of(series));
        const std::vector<int> order = r.at("order"), seasonal = r.at("seasonal_order");
        INFO(name << ": " << described(ours));
        CHECK(std::vector{ours.orders.p, ours.orders.d, ours.orders.q} == order);
        CHECK(std::vector{ours.orders.seasonal_p, ours.orders.seasonal_d, ours.orders.seasonal_q} ==
              std::vector(seasonal.begin(), seasonal.begin() + 3));
        // R's likelihood of integrated models has a diffuse start, which moves it by some hundredths.
        CHECK(ours.fit.aicc() == Approx(r.at("aicc").get<double>()).margin(0.05));
    }
}

TEST_CASE("the full search finds no higher criterion than the stepwise one") {
    const AutoArima quarterly(orders_plan), yearly(yearly_orders_plan);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        for (const AutoArima* search : {&quarterly, &yearly}) {
            const std::vector<double> y = simulated(80, search == &quarterly ? 4 : 1, seed);
            const AutoArimaSelection step = search->select(y);
            const AutoArimaSelection full = search->select(y, {.max_order = 16, .stepwise = false});
            INFO("stepwise " << described(step) << "; full " << described(full));
            REQUIRE(step.fit.ok());
            CHECK(full.tried.size() > step.tried.size());
            CHECK(full.fit.aicc() <= step.fit.aicc() + 1e-4); // the search compares to this only
        }
    }
}

TEST_CASE("what was chosen is the lowest criterion of what was tried, and its fit the maximum") {
    const AutoArima search(orders_plan);
    const std::vector<double> y = simulated(100, 4, 9);
    for (const InformationCriterion ic :
         {InformationCriterion::aicc, InformationCriterion::aic, InformationCriterion::bic}) {
        const AutoArimaSelection chosen = search.select(y, {.ic = ic});
        REQUIRE(chosen.fit.status == FitStatus::converged);
        if (ic == InformationCriterion::aicc) {
            for (const TriedOrders& tried : chosen.tried) {
                CHECK((!tried.taken || tried.aicc >= chosen.fit.aicc() - 1e-4));
            }
        }
        const ArimaResults results = search.fit(y, chosen);
        CHECK(results.llf() == Approx(chosen.fit.llf).margin(1e-7));
        CHECK(results.forecast(8).predicted_mean.size() == 8);
        for (std::size_t i = 0; i < chosen.fit.params.size(); ++i) {
            CHECK(results.params()[i] == Approx(chosen.fit.params[i]).epsilon(1e-3));
        }
    }
}

TEST_CASE("limits and given orders of differencing are kept") {
    const AutoArima search(orders_plan);
    const std::vector<double> y = simulated(100, 4, 5);
    const AutoArimaSelection limited =
        search.select(y, {.d = 1, .D = 1, .max_p = 1, .max_q = 0, .max_P = 0, .max_Q = 1, .stepwise = false});
    CHECK(limited.orders.d == 1);
    CHECK(limited.orders.seasonal_d == 1);
    CHECK(limited.trend == plan::Trend::n);
    CHECK(limited.tried.size() == 4);
    const AutoArimaSelection no_drift = search.select(y, {.d = 1, .D = 0, .allow_drift = false});
    CHECK(no_drift.trend == plan::Trend::n);
    CHECK(search.select(y, {.nmodels = 5}).tried.size() <= 5);
    CHECK_THROWS_AS(search.select(y, {.max_p = -1}), Error);
    CHECK_THROWS_AS(search.select(y, {.d = 2, .D = 2}), Error);
    CHECK_THROWS_AS(search.select(y, {.alpha = 0.5}), Error);
    CHECK_THROWS_AS(search.select(y, {.min_root = 0.9}), Error);
}

TEST_CASE("roots of chosen models are away from the unit circle") {
    const AutoArima search(yearly_orders_plan);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const ArimaResults results = search.fit(simulated(60, 1, seed));
        for (const std::vector<LagRoot>& roots : {results.arroots(), results.maroots()}) {
            for (const LagRoot& root : roots) {
                CHECK(root.modulus > 1.0099);
            }
        }
    }
}

TEST_CASE("a series without anything to estimate gets its constant") {
    const AutoArima search(orders_plan);
    const AutoArimaSelection constant = search.select(std::vector<double>(40, 3.5));
    CHECK(constant.fit.status == FitStatus::constant);
    CHECK(constant.orders == plan::ArimaOrders{0, 0, 0, 0, 0, 0, 4});
    CHECK(constant.fit.params == std::vector{3.5});
    std::vector<double> line(40);
    for (std::size_t t = 0; t < line.size(); ++t) {
        line[t] = 10 + 2 * static_cast<double>(t);
    }
    const AutoArimaSelection drift = search.select(line);
    CHECK(drift.fit.status == FitStatus::constant);
    REQUIRE(drift.orders.d + drift.orders.seasonal_d == 1);
    REQUIRE(drift.fit.params.size() == 1);
    CHECK(drift.fit.params[0] == Approx(drift.orders.d == 1 ? 2 : 8));
    const ArimaResults results = search.fit(line);
    CHECK(results.status() == FitStatus::constant);
    const ArimaForecast forecast = results.forecast(3);
    for (std::size_t h = 0; h < 3; ++h) {
        CHECK(forecast.predicted_mean[h] == Approx(90 + 2 * static_cast<double>(h)));
        CHECK(forecast.upper[h] == forecast.predicted_mean[h]);
    }
    // The same with gaps.
    line[17] = line[18] = line[30] = missing_value;
    CHECK(search.fit(line).forecast(1).predicted_mean[0] == Approx(90));
    CHECK(search.fit(std::vector<double>(7, 7.0)).forecast(2).predicted_mean == std::vector{7.0, 7.0});
}

TEST_CASE("missing values are allowed anywhere") {
    const AutoArima search(orders_plan);
    std::vector<double> y = simulated(90, 4, 2);
    const AutoArimaSelection whole = search.select(y);
    for (const std::size_t t : {0, 1, 20, 47, 48, 88, 89}) {
        y[t] = missing_value;
    }
    const AutoArimaSelection gaps = search.select(y);
    INFO(gaps.fit.message);
    REQUIRE(gaps.fit.ok());
    CHECK(gaps.orders.d == whole.orders.d);
    CHECK(gaps.fit.nobs + 7 == whole.fit.nobs);
    CHECK(search.fit(y, gaps).forecast(4).predicted_mean.size() == 4);
}

TEST_CASE("short and unusable series get a status, and spoil no batch") {
    const AutoArima search(orders_plan);
    std::vector<std::vector<double>> series;
    for (std::size_t n = 0; n <= 24; ++n) {
        series.push_back(simulated(n, 4, n + 1));
    }
    series.push_back(std::vector<double>(50, missing_value));
    series.push_back(simulated(50, 4, 3));
    series.back()[7] = std::numeric_limits<double>::infinity();
    series.push_back(std::vector<double>(50, 1.0));
    series.push_back(simulated(50, 4, 4));
    series.back()[10] = 1e300;
    const std::size_t good = series.size();
    series.push_back(simulated(120, 4, 11));
    std::size_t told = 0;
    const std::vector<AutoArimaSelection> all = search.select_many(
        series, {.threads = 2, .progress = [&](std::size_t done, std::size_t) { told = done; }});
    CHECK(told == series.size());
    for (std::size_t n = 0; n < 3; ++n) {
        CHECK(all[n].fit.status == FitStatus::failed);
        CHECK_FALSE(all[n].fit.message.empty());
    }
    for (std::size_t n = 4; n <= 24; ++n) {
        INFO(n << ": " << all[n].fit.message);
        CHECK(all[n].fit.ok());
    }
    CHECK(all[25].fit.status == FitStatus::failed);
    CHECK(all[26].fit.message.find("observation 8 is infinite") != std::string::npos);
    CHECK(all[27].fit.status == FitStatus::constant);
    const AutoArimaSelection alone = search.select(series[good]);
    CHECK(all[good].orders == alone.orders);
    CHECK(all[good].fit.llf == Approx(alone.fit.llf).margin(1e-7));
}

TEST_CASE("two threads give the bits of one") {
    const AutoArima search(orders_plan);
    std::vector<std::vector<double>> series;
    for (std::uint64_t i = 0; i < 40; ++i) {
        series.push_back(simulated(40 + 3 * (i % 7), 4, i + 1));
    }
    const auto one = search.select_many(series, {.threads = 1});
    const auto two = search.select_many(series, {.threads = 2});
    for (std::size_t i = 0; i < series.size(); ++i) {
        CHECK(same_bits(one[i], two[i]));
    }
}

TEST_CASE("a selection's parameters are those of its likelihood") {
    const AutoArima search(yearly_orders_plan);
    for (const bool drift : {false, true}) {
        std::vector<double> y = simulated(120, 1, 21);
        for (std::size_t t = y.size() - 1; t > 0 && !drift; --t) {
            y[t] -= y[t - 1]; // stationary around a mean
        }
        y[0] = y[1];
        for (std::size_t t = 0; t < y.size(); ++t) {
            y[t] += drift ? 3.0 * static_cast<double>(t) : 50.0;
        }
        const AutoArimaSelection chosen = search.select(y, {.d = drift ? 1 : 0});
        INFO(described(chosen));
        REQUIRE(chosen.trend == plan::Trend::differenced_mean);
        const Arima model(chosen.orders, chosen.trend, yearly_orders_plan);
        CHECK(model.loglike(y, chosen.fit.params) == Approx(chosen.fit.llf).margin(1e-7));
    }
}

TEST_CASE("a selection asks for no more observations than a fit") {
    const AutoArima search(yearly_orders_plan);
    const std::vector<double> y{1, 2, 5}; // one value, once differenced twice
    const AutoArimaSelection chosen = search.select(y, {.d = 2});
    INFO(chosen.fit.message);
    REQUIRE(chosen.fit.ok());
    CHECK(chosen.orders == plan::ArimaOrders{0, 2, 0, 0, 0, 0, 1});
    CHECK(chosen.fit.sigma2 == Approx(4));
    const Arima model(chosen.orders, chosen.trend, yearly_orders_plan);
    CHECK(chosen.fit.llf == Approx(model.fit(y).llf()));
}
