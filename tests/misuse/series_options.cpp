// Tools for series, with options that nobody should pass.
#include "misused_series.hpp"

#include "timeloom/runtime/series/acf.hpp"
#include "timeloom/runtime/series/decomposition/components.hpp"
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"
#include "timeloom/runtime/series/density.hpp"
#include "timeloom/runtime/series/residual_tests.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"
#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <cmath>
#include <string>

namespace timeloom::tests {

TEST_CASE("lags and levels that correlations cannot have") {
    const Values y = positive_numbers(40);
    for (const std::size_t lags : {std::size_t{40}, huge_size}) {
        refuses("acf with too many lags", "at most", [&] { acf(y, lags); });
        refuses("pacf with too many lags", "at most", [&] { pacf(y, lags); });
        refuses("ljung_box with too many lags", "at most", [&] { ljung_box(y, lags); });
        refuses("box_pierce with too many lags", "at most", [&] { box_pierce(y, lags); });
    }
    for (const double alpha : {0.0, 1.0, -0.1, 1.5, not_a_number, infinity}) {
        refuses("acf with an alpha", "alpha", [&] { acf(y, 3, {.alpha = alpha}); });
        refuses("pacf with an alpha", "alpha", [&] { pacf(y, 3, PacfMethod::ywm, alpha); });
    }
    refuses("pacf by no method", "unknown method", [&] { pacf(y, 3, static_cast<PacfMethod>(99)); });
    refuses("ljung_box without lags", "one lag", [&] { ljung_box(y, 0); });
    refuses("box_pierce without lags", "one lag", [&] { box_pierce(y, 0); });
    accepts("acf of lag 0", [&] { CHECK(acf(y, 0).values == Values{1.0}); });
    accepts("ljung_box of more degrees of freedom than lags",
            [&] { CHECK(std::isnan(ljung_box(y, 3, huge_size).p_value[2])); });
    accepts("box_pierce of more degrees of freedom than lags",
            [&] { CHECK(std::isnan(box_pierce(y, 3, 3).p_value[2])); });
}

TEST_CASE("options that unit-root tests cannot have") {
    const Values y = positive_numbers(40);
    refuses("adfuller with too long a lag", "maxlag", [&] { adfuller(y, {.maxlag = 40}); });
    refuses("adfuller with a huge lag", "maxlag", [&] { adfuller(y, {.maxlag = huge_size}); });
    refuses("kpss with as many lags as values", "fewer than 40", [&] { kpss(y, {.fixed_nlags = 40}); });
    refuses("kpss with a huge lag", "fewer than 40", [&] { kpss(y, {.fixed_nlags = huge_size}); });
    refuses("kpss without constant", "nothing else", [&] { kpss(y, {.regression = UnitRootRegression::n}); });
    refuses("kpss around a parabola", "nothing else",
            [&] { kpss(y, {.regression = UnitRootRegression::ctt}); });
    for (const double alpha : {0.0, 0.5, -1.0, not_a_number}) {
        refuses("ndiffs at a level", "alpha", [&] { ndiffs(y, alpha); });
        refuses("choose_differencing at a level", "alpha",
                [&] { choose_differencing(y, 1, {.alpha = alpha}); });
    }
    for (const int limit : {-1, std::numeric_limits<int>::min()}) {
        refuses("ndiffs up to a negative order", "max_d", [&] { ndiffs(y, 0.05, limit); });
        refuses("nsdiffs up to a negative order", "max_D", [&] { nsdiffs(y, 4, SeasonalTest::seas, limit); });
        refuses("choose_differencing", "max_d", [&] { choose_differencing(y, 4, {.max_d = limit}); });
        refuses("choose_differencing", "max_D", [&] { choose_differencing(y, 4, {.max_D = limit}); });
    }
    accepts("ndiffs up to any order", [&] { CHECK(ndiffs(y, 0.05, std::numeric_limits<int>::max()) < 40); });
}

TEST_CASE("periods that no season has") {
    const Values y = positive_numbers(40);
    for (const std::size_t period :
         {std::size_t{0}, std::size_t{1}, std::size_t{21}, huge_size / 2, huge_size}) {
        const std::string part = "period";
        refuses("seasonal_strength", part, [&] { seasonal_strength(y, period); });
        refuses("ocsb_test", part, [&] { ocsb_test(y, period); });
        refuses("stl", part, [&] { stl(y, period); });
        refuses("seasonal_decompose", part, [&] { seasonal_decompose(y, period); });
        refuses("components", part, [&] { components(y, period); });
    }
    refuses("seasonal_strength of two periods", "two periods", [&] { seasonal_strength(y, 20); });
    refuses("nsdiffs without season", "period", [&] { nsdiffs(y, 1); });
    refuses("nsdiffs with period 0", "period", [&] { nsdiffs(y, 0); });
    refuses("choose_differencing with period 0", "period", [&] { choose_differencing(y, 0); });
    refuses("hp_lambda of no values a year", "period", [&] { hp_lambda(0); });
    accepts("nsdiffs with a huge period", [&] { CHECK(nsdiffs(y, huge_size) == 0); });
    accepts("choose_differencing with a huge period",
            [&] { CHECK(choose_differencing(y, huge_size).D == 0); });
    accepts("hp_lambda of a huge period", [&] { CHECK(std::isfinite(hp_lambda(huge_size))); });
}

TEST_CASE("differences that leave nothing") {
    const Values y = positive_numbers(40);
    refuses("diff with lag 0", "lag", [&] { diff(y, 0); });
    refuses("diff with a lag of all values", "leaves nothing", [&] { diff(y, 40); });
    refuses("diff with a huge lag", "leaves nothing", [&] { diff(y, huge_size); });
    refuses("diff too often", "leaves nothing", [&] { diff(y, 1, 40); });
    refuses("diff a huge number of times", "leaves nothing", [&] { diff(y, 1, huge_size); });
    refuses("diff a huge number of times with a huge lag", "leaves nothing",
            [&] { diff(y, huge_size, huge_size); });
    accepts("diff no times", [&] { CHECK(diff(y, 3, 0) == y); });
    accepts("is_constant of nothing", [&] { CHECK(is_constant({})); });
    accepts("is_constant of NaN", [&] { CHECK_FALSE(is_constant(Values{1, not_a_number})); });
    accepts("is_constant beside a magnitude of NaN", [&] {
        CHECK_FALSE(is_constant(Values{1, 2}, not_a_number));
    });
}

TEST_CASE("options that decompositions cannot have") {
    const Values y = positive_numbers(40);
    const auto refused = [&](const char* part, StlOptions options) {
        refuses(std::string("stl with ") + part, part, [&] { stl(y, 4, options); });
    };
    constexpr int huge = std::numeric_limits<int>::max(), negative = std::numeric_limits<int>::min();
    for (const int window : {0, 1, 2, 8, -7, negative, huge - 1}) {
        refused("'seasonal'", {.seasonal = window});
        refused("'trend'", {.trend = window});
        refused("'low_pass'", {.low_pass = window});
    }
    for (const int degree : {-1, 2, huge, negative}) {
        refused("'seasonal_deg'", {.seasonal_deg = degree});
        refused("'trend_deg'", {.trend_deg = degree});
        refused("'low_pass_deg'", {.low_pass_deg = degree});
    }
    for (const int jump : {0, -1, negative, huge}) {
        refused("'seasonal_jump'", {.seasonal_jump = jump});
        refused("'trend_jump'", {.trend_jump = jump});
        refused("'low_pass_jump'", {.low_pass_jump = jump});
    }
    for (const int steps : {0, -1, negative, 1'000'000'000, huge}) {
        refused("'inner_iter'", {.inner_iter = steps});
    }
    for (const int steps : {-1, negative, 1'000'000'000, huge}) {
        refused("'outer_iter'", {.outer_iter = steps});
    }
    accepts("stl with huge windows", [&] {
        CHECK(std::isfinite(stl(y, 4, {.seasonal = huge, .trend = huge, .low_pass = huge}).trend[0]));
    });
    accepts("stl with huge jumps", [&] { stl(y, 4, {.seasonal_jump = 1000, .trend_jump = 1000}); });
    for (const int points : {-2, negative}) {
        refuses("seasonal_decompose along a negative number of values", "extrapolate_trend",
                [&] { seasonal_decompose(y, 4, {.extrapolate_trend = points}); });
    }
    accepts("seasonal_decompose along more values than there are",
            [&] { CHECK(std::isfinite(seasonal_decompose(y, 4, {.extrapolate_trend = huge}).trend[0])); });
    for (const double lambda : {0.0, -1.0, not_a_number, infinity, -infinity}) {
        refuses("hp_filter", "lambda", [&] { hp_filter(y, lambda); });
        refuses("components", "lambda", [&] { components(y, 4, {.hp_lambda = lambda}); });
    }
    for (const double lambda : {least, 1e-300, 1e300, most}) {
        accepts("hp_filter of any smoothness", [&] { CHECK(std::isfinite(hp_filter(y, lambda).trend[7])); });
    }
    refuses("components with options of stl", "'trend'", [&] { components(y, 4, {.stl = {.trend = 4}}); });
}

TEST_CASE("densities that cannot be") {
    const Values y = positive_numbers(40);
    for (const double bandwidth : {-1.0, not_a_number, infinity, -infinity}) {
        refuses("gaussian_kde", "bandwidth", [&] { gaussian_kde(y, y, bandwidth); });
        refuses("density_curve", "bandwidth", [&] { density_curve(y, 10, bandwidth); });
    }
    refuses("gaussian_kde at NaN", "point 1", [&] { gaussian_kde(y, Values{1, not_a_number}); });
    accepts("gaussian_kde at no point", [&] { CHECK(gaussian_kde(y, {}).empty()); });
    accepts("gaussian_kde at infinity", [&] {
        CHECK(gaussian_kde(y, Values{infinity, -infinity}) == Values{0, 0});
    });
    accepts("gaussian_kde at the greatest number",
            [&] { CHECK(gaussian_kde(y, Values{most}, 1e-300)[0] == 0); });
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1'000'000'000}, huge_size}) {
        refuses("density_curve of so many points", "points", [&] { density_curve(y, size); });
    }
    for (const std::size_t bins : {std::size_t{1'000'000'000}, huge_size}) {
        refuses("histogram of so many bins", "bins", [&] { histogram(y, bins); });
    }
    accepts("histogram of a million bins", [&] { CHECK(histogram(y, 1'000'000).y.size() == 1'000'000); });
    for (const double share : {0.0, -0.1, 0.6, 1.0, not_a_number, infinity}) {
        refuses("heteroskedasticity_test of such parts", "subset_length",
                [&] { heteroskedasticity_test(y, {.subset_length = share}); });
    }
    refuses("heteroskedasticity_test of the smallest parts", "two finite",
            [&] { heteroskedasticity_test(y, {.subset_length = 1e-300}); });
}

} // namespace timeloom::tests
