// Every tool for series, with series that nobody should pass.
#include "misused_series.hpp"

#include "timeloom/runtime/series/acf.hpp"
#include "timeloom/runtime/series/decomposition/components.hpp"
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"
#include "timeloom/runtime/series/density.hpp"
#include "timeloom/runtime/series/residual_tests.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <string>

namespace timeloom::tests {

namespace {

struct NamedFunction {
    const char* name;
    std::function<Values(const Values&)> call;
};

Values joined(std::initializer_list<Values> parts) {
    Values all;
    for (const Values& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

/// What each makes of a series, as one list.
const std::vector<NamedFunction>& functions() {
    static const std::vector<NamedFunction> all{
        {"acf", [](const Values& y) { return acf(y).upper; }},
        {"adjusted acf", [](const Values& y) { return acf(y, {}, {.adjusted = true}).lower; }},
        {"pacf", [](const Values& y) { return pacf(y).values; }},
        {"pacf by Yule and Walker", [](const Values& y) { return pacf(y, {}, PacfMethod::ywm).values; }},
        {"pacf by regressions", [](const Values& y) { return pacf(y, 1, PacfMethod::ols).values; }},
        {"pacf by Burg", [](const Values& y) { return pacf(y, {}, PacfMethod::burg).values; }},
        {"ljung_box", [](const Values& y) { return ljung_box(y, 1).p_value; }},
        {"box_pierce", [](const Values& y) { return box_pierce(y, 1).p_value; }},
        {"adfuller", [](const Values& y) { return Values{adfuller(y).p_value}; }},
        {"adfuller without constant",
         [](const Values& y) { return Values{adfuller(y, {.regression = UnitRootRegression::n}).p_value}; }},
        {"kpss", [](const Values& y) { return Values{kpss(y).p_value}; }},
        {"kpss with trend",
         [](const Values& y) { return Values{kpss(y, {.regression = UnitRootRegression::ct}).p_value}; }},
        {"jarque_bera", [](const Values& y) { return Values{jarque_bera(y).p_value}; }},
        {"heteroskedasticity_test",
         [](const Values& y) { return Values{heteroskedasticity_test(y).p_value}; }},
        {"diff", [](const Values& y) { return diff(y); }},
        {"ndiffs", [](const Values& y) { return Values{static_cast<double>(ndiffs(y))}; }},
        {"nsdiffs", [](const Values& y) { return Values{static_cast<double>(nsdiffs(y, 4))}; }},
        {"nsdiffs by ocsb",
         [](const Values& y) { return Values{static_cast<double>(nsdiffs(y, 4, SeasonalTest::ocsb))}; }},
        {"seasonal_strength", [](const Values& y) { return Values{seasonal_strength(y, 4)}; }},
        {"ocsb_test", [](const Values& y) { return Values{ocsb_test(y, 4).statistic}; }},
        {"choose_differencing",
         [](const Values& y) { return Values{static_cast<double>(choose_differencing(y, 1).d)}; }},
        {"choose_differencing with a season",
         [](const Values& y) { return Values{static_cast<double>(choose_differencing(y, 4).D)}; }},
        {"hp_filter", [](const Values& y) { return hp_filter(y).cycle; }},
        {"stl",
         [](const Values& y) {
             const StlResult parts = stl(y, 4);
             return joined({parts.trend, parts.seasonal, parts.resid});
         }},
        {"robust stl", [](const Values& y) { return stl(y, 4, {.robust = true}).trend; }},
        {"seasonal_decompose",
         [](const Values& y) {
             return seasonal_decompose(y, 4, {.extrapolate_trend = extrapolate_freq}).resid;
         }},
        {"multiplicative seasonal_decompose",
         [](const Values& y) {
             return seasonal_decompose(
                        y, 4,
                        {.model = DecomposeModel::multiplicative, .extrapolate_trend = extrapolate_freq})
                 .seasonal;
         }},
        {"components", [](const Values& y) { return components(y, 4).irregular; }},
        {"multiplicative components",
         [](const Values& y) {
             return components(y, 4, {.model = DecomposeModel::multiplicative}).irregular;
         }},
        {"scott_bandwidth", [](const Values& y) { return Values{scott_bandwidth(y)}; }},
        {"gaussian_kde",
         [](const Values& y) {
             return gaussian_kde(y, Values{0, 1});
         }},
        {"density_curve", [](const Values& y) { return density_curve(y, 10).y; }},
        {"histogram", [](const Values& y) { return histogram(y).y; }},
        {"describe",
         [](const Values& y) {
             return Values{describe(y).mean, describe(y).median};
         }},
    };
    return all;
}

struct NamedSeries {
    const char* name;
    Values values;
};

const std::vector<NamedSeries>& bad_series() {
    static const std::vector<NamedSeries> all{
        {"no values", {}},
        {"one value", {1}},
        {"two values", {1, 2}},
        {"one NaN", {not_a_number}},
        {"only NaN", Values(40, not_a_number)},
        {"NaN first", with(positive_numbers(40), 0, not_a_number)},
        {"NaN inside", with(positive_numbers(40), 17, not_a_number)},
        {"infinity inside", with(positive_numbers(40), 17, infinity)},
        {"infinity at the end", with(positive_numbers(40), 39, -infinity)},
        {"zeros", Values(40, 0.0)},
        {"a constant", Values(40, 3.3)},
        {"times 1e300", positive_numbers(40, 1e300)},
        {"times 1e-300", positive_numbers(40, 1e-300)},
        {"times the least number", positive_numbers(40, 3 * least)},
        {"the greatest numbers of both signs", with(with(positive_numbers(40), 3, most), 5, -most)},
        {"one among zeros", with(Values(40, 0.0), 20, 1e-300)},
        {"a spike of 1e300", with(positive_numbers(40), 20, 1e300)},
    };
    return all;
}

} // namespace

TEST_CASE("series that no tool should get") {
    for (const NamedFunction& function : functions()) {
        for (const NamedSeries& series : bad_series()) {
            const std::string what = std::string(function.name) + " of " + series.name;
            Values values;
            const std::string end = ending(what, [&] { values = function.call(series.values); });
            INFO(what << ": " << end);
            // A value is a number, but for differences of missing values.
            const bool missing = std::ranges::any_of(series.values, [](double x) { return std::isnan(x); });
            const bool numbers = std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
            CHECK((numbers || (missing && std::string(function.name) == "diff")));
        }
    }
}

} // namespace timeloom::tests
