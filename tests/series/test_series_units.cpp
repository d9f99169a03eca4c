// What does not depend on the units of a series is the same in all of them, from 1e-300 to 1e300; what does
// is in them.
#include "series_values.hpp"
#include "timeloom/runtime/series/acf.hpp"
#include "timeloom/runtime/series/decomposition/components.hpp"
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"
#include "timeloom/runtime/series/density.hpp"
#include "timeloom/runtime/series/residual_tests.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <cstdint>
#include <functional>
#include <map>

using namespace timeloom;

namespace {

using Values = std::vector<double>;
using Function = std::function<Values(std::span<const double>)>;

Values times(Values values, double factor) {
    for (double& x : values)
        x *= factor;
    return values;
}

Values joined(std::initializer_list<Values> parts) {
    Values all;
    for (const Values& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// A season of four, a trend and noise of a congruential generator.
Values example() {
    Values y;
    std::uint32_t state = 7;
    for (int t = 0; t < 60; ++t) {
        state = 1664525u * state + 1013904223u;
        y.push_back(10.0 + 0.3 * t + 4.0 * std::cos(t * 1.5708) + 5.0 * state / 4294967296.0);
    }
    return y;
}

const std::map<std::string, Function> without_units{
    {"acf", [](auto y) { return acf(y).values; }},
    {"pacf by Yule and Walker", [](auto y) { return pacf(y).values; }},
    {"pacf by regressions", [](auto y) { return pacf(y, {}, PacfMethod::ols).values; }},
    {"pacf by Burg", [](auto y) { return pacf(y, {}, PacfMethod::burg).values; }},
    {"ljung_box", [](auto y) { return ljung_box(y, 6).statistic; }},
    {"box_pierce", [](auto y) { return box_pierce(y, 6).statistic; }},
    {"jarque_bera",
     [](auto y) {
         const auto test = jarque_bera(y);
         return Values{test.statistic, test.p_value, test.skew, test.kurtosis};
     }},
    {"heteroskedasticity_test",
     [](auto y) {
         const auto test = heteroskedasticity_test(y);
         return Values{test.statistic, test.p_value};
     }},
    {"adfuller",
     [](auto y) {
         const auto test = adfuller(y, {.regression = UnitRootRegression::ct});
         return Values{test.statistic, test.p_value, static_cast<double>(test.used_lag)};
     }},
    {"kpss",
     [](auto y) {
         const auto test = kpss(y, {.regression = UnitRootRegression::ct});
         return Values{test.statistic, test.p_value, static_cast<double>(test.lags)};
     }},
    {"ocsb_test",
     [](auto y) {
         const auto test = ocsb_test(y, 4);
         return Values{test.statistic, static_cast<double>(test.lag_order)};
     }},
    {"seasonal_strength", [](auto y) { return Values{seasonal_strength(y, 4)}; }},
    {"ndiffs", [](auto y) { return Values{static_cast<double>(ndiffs(y))}; }},
    {"nsdiffs", [](auto y) { return Values{static_cast<double>(nsdiffs(y, 4))}; }},
    {"choose_differencing",
     [](auto y) {
         const auto choice = choose_differencing(y, 4);
         return Values{static_cast<double>(choice.d), static_cast<double>(choice.D)};
     }},
};

const std::map<std::string, Function> with_units{
    {"describe",
     [](auto y) {
         const auto d = describe(y);
         return Values{d.mean, d.std, d.min, d.lower_quartile, d.median, d.upper_quartile, d.max};
     }},
    {"diff", [](auto y) { return diff(y, 4, 2); }},
    {"scott_bandwidth", [](auto y) { return Values{scott_bandwidth(y)}; }},
    {"density_curve", [](auto y) { return density_curve(y, 50).x; }},
    {"histogram", [](auto y) { return histogram(y).x; }},
    {"hp_filter", [](auto y) { return hp_filter(y).trend; }},
    {"seasonal_decompose",
     [](auto y) {
         const auto parts = seasonal_decompose(y, 4, {.extrapolate_trend = extrapolate_freq});
         return joined({parts.trend, parts.seasonal, parts.resid});
     }},
    {"stl",
     [](auto y) {
         const auto parts = stl(y, 4, {.robust = true});
         return joined({parts.trend, parts.seasonal, parts.resid});
     }},
    {"components",
     [](auto y) {
         const auto parts = components(y, 4);
         return joined({parts.trend, parts.cyclical, parts.seasonal, parts.irregular});
     }},
};

constexpr double scales[] = {1e-300, 1e-200, 1e-80, 1e-8, 1e8, 1e80, 1e200, 1e300};

} // namespace

TEST_CASE("statistics without units are the same at every scale") {
    for (const auto& [name, function] : without_units) {
        const Values expected = function(example());
        for (const double scale : scales) {
            CAPTURE(name, scale);
            CHECK(golden::greatest_error(function(times(example(), scale)), expected) <=
                  1e-10 * golden::greatest_size(expected));
        }
        // A power of two changes no digit.
        CAPTURE(name);
        CHECK(function(times(example(), std::ldexp(1.0, 900))) == expected);
        CHECK(function(times(example(), std::ldexp(1.0, -900))) == expected);
    }
}

TEST_CASE("values with units are in the units of the series") {
    for (const auto& [name, function] : with_units) {
        const Values expected = function(example());
        for (const double scale : scales) {
            CAPTURE(name, scale);
            const Values values = times(function(times(example(), scale)), 1.0 / scale);
            CHECK(golden::greatest_error(values, expected) <= 1e-11 * golden::greatest_size(expected));
        }
    }
}

TEST_CASE("densities have the inverse units of their sample") {
    for (const double scale : {1e-300, 1e-80, 1e80, 1e300}) {
        CAPTURE(scale);
        const Values y = times(example(), scale);
        const Values curve = times(density_curve(y, 50).y, scale), bins = times(histogram(y).y, scale);
        CHECK(golden::greatest_error(curve, density_curve(example(), 50).y) <= 1e-12);
        CHECK(golden::greatest_error(bins, histogram(example()).y) <= 1e-12);
    }
    CHECK_THROWS_WITH(histogram(Values{0.0, 5e-324}), Catch::Contains("beyond the range of double"));
    CHECK_THROWS_WITH(gaussian_kde(Values{1, 2}, Values{1}, 5e-324),
                      Catch::Contains("beyond the range of double"));
    // The numbers that are farthest from each other.
    const double most = std::numeric_limits<double>::max();
    CHECK(histogram(Values{-most, most}, 2).x[0] == Approx(-0.5 * most));
    CHECK(describe(Values{-most, most}).mean == 0.0);
    CHECK(describe(Values{-most, most}).median == 0.0);
    CHECK_THROWS_WITH(diff(Values{-most, most}), Catch::Contains("beyond the range of double"));
}

TEST_CASE("a series is constant in any units, and only if all its digits are") {
    for (const double scale : {1e-300, 1e-8, 1.0, 1e290}) {
        CAPTURE(scale);
        CHECK(is_constant(times({0.3, 0.1 + 0.2, 0.3}, scale)));
        CHECK_FALSE(is_constant(times({1.0, 1.0 + 1e-9}, scale)));
        CHECK_FALSE(is_constant(times({1e9, 1e9 + 1, 1e9 - 1}, scale)));
        CHECK_FALSE(choose_differencing(times(example(), scale), 4).constant);
    }
    // Differences of a line are equal but for the rounding of its values.
    CHECK(is_constant(Values{0.1 + 1e-10, 0.1}, 1e5));
    CHECK_FALSE(is_constant(Values{1.0, std::numeric_limits<double>::quiet_NaN()}));
}
