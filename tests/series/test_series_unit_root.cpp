// Augmented Dickey-Fuller and KPSS against statsmodels, and their errors.
#include "series_values.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <map>

using Catch::Matchers::Contains;
using timeloom::AutoLag;
using timeloom::UnitRootRegression;
using namespace timeloom::golden;

namespace {

const std::map<std::string, UnitRootRegression> regressions{{"n", UnitRootRegression::n},
                                                            {"c", UnitRootRegression::c},
                                                            {"ct", UnitRootRegression::ct},
                                                            {"ctt", UnitRootRegression::ctt}};

AutoLag autolag_of(const nlohmann::json& name) {
    return name.is_null() ? AutoLag::none : name == "AIC" ? AutoLag::aic : AutoLag::bic;
}

/// statsmodels' regressors reach t^2, whose condition number is 144^2 / 4 times that of ours, some 1e7 in
/// all: that many roundings of 1.1e-16.
constexpr double regression_tolerance = 1e-9;

} // namespace

TEST_CASE("adfuller agrees with statsmodels") {
    for (const auto& a_case : statsmodels_series().at("unit_roots")) {
        CAPTURE(a_case.at("series"), a_case.at("regression"), a_case.at("autolag"));
        timeloom::AdfOptions options;
        options.maxlag = optional_size(a_case.at("maxlag"));
        options.regression = regressions.at(a_case.at("regression"));
        options.autolag = autolag_of(a_case.at("autolag"));
        const auto result = timeloom::adfuller(observations(a_case), options);
        CHECK(result.used_lag == a_case.at("used_lag"));
        CHECK(result.nobs == a_case.at("nobs"));
        check_value(result.statistic, a_case.at("statistic"), regression_tolerance);
        // The tail of the normal distribution amplifies a relative error by at most the statistic's square.
        check_value(result.p_value, a_case.at("p_value"), 100.0 * regression_tolerance);
        const auto& critical = result.critical_values;
        const std::vector<double> levels{critical.one_percent, critical.five_percent, critical.ten_percent};
        check_values(levels, a_case.at("critical"), 1e-14);
        REQUIRE(result.best_criterion.has_value() == !a_case.at("criterion").is_null());
        if (result.best_criterion)
            check_value(*result.best_criterion, a_case.at("criterion"), 1e-9);
    }
}

TEST_CASE("kpss agrees with statsmodels") {
    for (const auto& a_case : statsmodels_series().at("stationarity")) {
        CAPTURE(a_case.at("series"), a_case.at("regression"), a_case.at("nlags"));
        timeloom::KpssOptions options;
        options.regression = regressions.at(a_case.at("regression"));
        if (a_case.at("nlags").is_number())
            options.fixed_nlags = a_case.at("nlags").get<std::size_t>();
        else
            options.nlags =
                a_case.at("nlags") == "auto" ? timeloom::KpssLags::automatic : timeloom::KpssLags::legacy;
        const auto result = timeloom::kpss(observations(a_case), options);
        CHECK(result.lags == a_case.at("lags"));
        check_value(result.statistic, a_case.at("statistic"), 1e-11);
        check_value(result.p_value, a_case.at("p_value"), 1e-10);
        CHECK(result.p_value_is_bound == (result.p_value == 0.1 || result.p_value == 0.01));
    }
}

TEST_CASE("adfuller without constant takes short series with the default lag") {
    for (const auto& a_case : statsmodels_series().at("short_unit_roots")) {
        const std::size_t size = a_case.at("size");
        CAPTURE(size, a_case.at("autolag"));
        const auto noise = numbers(statsmodels_series().at("series").at("noise"));
        timeloom::AdfOptions options{.regression = UnitRootRegression::n};
        if (a_case.at("autolag").is_null()) {
            options.autolag = timeloom::AutoLag::none;
            options.maxlag = (size - 3) / 2;
        }
        const auto result = timeloom::adfuller(std::span(noise).first(size), options);
        CHECK(result.used_lag == a_case.at("used_lag"));
        CHECK(result.nobs == a_case.at("nobs"));
        check_value(result.statistic, a_case.at("statistic"), 1e-9);
        check_value(result.p_value, a_case.at("p_value"), 1e-9);
    }
}

TEST_CASE("unit-root tests refuse what they are undefined for") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> missing{1, 2, nan, 4, 5, 6};
    const std::vector<double> constant(12, 3.3);
    const std::vector<double> y{1, 3, 2, 5, 4, 6, 5, 8};
    std::vector<double> line;
    for (int t = 0; t < 30; ++t)
        line.push_back(0.1 * t - 2);
    CHECK_THROWS_WITH(timeloom::adfuller(missing), Contains("value 2"));
    CHECK_THROWS_WITH(timeloom::adfuller(constant), Contains("constant"));
    CHECK_THROWS_WITH(timeloom::adfuller(line), Contains("too regular"));
    CHECK_THROWS_WITH(timeloom::adfuller(y, {.maxlag = 3}), Contains("at most 2"));
    CHECK_THROWS_WITH(
        timeloom::adfuller(std::vector<double>{1, 2, 1, 3}, {.regression = UnitRootRegression::ctt}),
        Contains("needs more"));
    CHECK_THROWS_WITH(timeloom::kpss(missing), Contains("value 2"));
    CHECK_THROWS_WITH(timeloom::kpss(constant), Contains("constant"));
    CHECK_THROWS_WITH(timeloom::kpss(line, {.regression = UnitRootRegression::ct}),
                      Contains("straight line"));
    CHECK_THROWS_WITH(timeloom::kpss(y, {.regression = UnitRootRegression::n}), Contains("nothing else"));
    CHECK_THROWS_WITH(timeloom::kpss(y, {.fixed_nlags = 8}), Contains("fewer than 8"));
}
