// Tests of residuals, summary statistics, densities and distribution functions against scipy and statsmodels.
#include "series_values.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/density.hpp"
#include "timeloom/runtime/series/distributions.hpp"
#include "timeloom/runtime/series/residual_tests.hpp"

#include <functional>
#include <map>
#include <numeric>

using Catch::Matchers::Contains;
using namespace timeloom::golden;

namespace {

std::vector<double> residuals(const nlohmann::json& a_case) {
    auto y = observations(a_case);
    const double centre = std::accumulate(y.begin(), y.end(), 0.0) / static_cast<double>(y.size());
    for (double& value : y)
        value -= centre;
    return y;
}

const std::map<std::string, timeloom::Alternative> alternatives{
    {"two-sided", timeloom::Alternative::two_sided},
    {"increasing", timeloom::Alternative::increasing},
    {"decreasing", timeloom::Alternative::decreasing}};

std::vector<double> listed(const timeloom::Description& d) {
    return {static_cast<double>(d.count),
            d.mean,
            d.std,
            d.min,
            d.lower_quartile,
            d.median,
            d.upper_quartile,
            d.max};
}

struct Functions {
    std::function<double(double)> cdf, sf, quantile;
};

Functions functions_of(const std::string& name, const std::vector<double>& df) {
    using namespace timeloom;
    if (name == "normal")
        return {normal_cdf, normal_sf, normal_quantile};
    const auto with_df = [&](auto function) { return [=](double x) { return function(x, df[0]); }; };
    if (name == "student")
        return {with_df(student_cdf), with_df(student_sf), with_df(student_quantile)};
    if (name == "chi2")
        return {with_df(chi2_cdf), with_df(chi2_sf), with_df(chi2_quantile)};
    return {[=](double x) { return f_cdf(x, df[0], df[1]); },
            [=](double x) { return f_sf(x, df[0], df[1]); },
            {}};
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

} // namespace

TEST_CASE("tests of residuals agree with statsmodels, summaries with pandas, densities with scipy") {
    for (const auto& a_case : statsmodels_series().at("residual_tests")) {
        CAPTURE(a_case.at("series"));
        const auto resid = residuals(a_case);
        const auto jb = timeloom::jarque_bera(resid);
        const std::vector<double> values{jb.statistic, jb.p_value, jb.skew, jb.kurtosis};
        for (std::size_t i = 0; i < values.size(); ++i)
            check_value(values[i], a_case.at("jarque_bera")[i], 1e-11);
        for (const auto& test : a_case.at("heteroskedasticity")) {
            CAPTURE(test.at("alternative"), test.at("use_f"), test.at("subset_length"));
            const auto result = timeloom::heteroskedasticity_test(
                resid, {test.at("subset_length"), alternatives.at(test.at("alternative")), test.at("use_f")});
            check_value(result.statistic, test.at("values")[0], 1e-12);
            check_value(result.p_value, test.at("values")[1], 1e-11);
        }
        check_values(listed(timeloom::describe(resid)), a_case.at("describe"), 1e-13 * greatest_size(resid));
        std::vector<double> points;
        for (int i = 0; i <= 20; ++i)
            points.push_back(-5.0 + 0.5 * i);
        const std::size_t stride = statsmodels_series().at("stride");
        check_values(every(stride, timeloom::gaussian_kde(resid, points)), a_case.at("density"), 1e-13);
    }
}

TEST_CASE("distribution functions agree with scipy") {
    for (const auto& a_case : statsmodels_series().at("distributions")) {
        CAPTURE(a_case.at("name"));
        const auto functions = functions_of(a_case.at("name"), numbers(a_case.at("df")));
        const auto x = numbers(a_case.at("x"));
        for (std::size_t i = 0; i < x.size(); ++i) {
            CAPTURE(x[i]);
            check_value(functions.cdf(x[i]), a_case.at("cdf")[i], 1e-12);
            check_value(functions.sf(x[i]), a_case.at("sf")[i], 1e-12);
        }
        CHECK(functions.cdf(infinity) == 1.0);
        CHECK(functions.sf(infinity) == 0.0);
        CHECK(functions.cdf(-infinity) == 0.0);
        CHECK_THROWS_WITH(functions.cdf(missing), Contains("NaN"));
        if (!functions.quantile)
            continue;
        const auto probability = numbers(a_case.at("probability"));
        for (std::size_t i = 0; i < probability.size(); ++i)
            CHECK(functions.quantile(probability[i]) ==
                  Approx(number(a_case.at("quantile")[i])).epsilon(1e-11).margin(1e-15));
        CHECK(functions.quantile(1.0) == infinity);
        CHECK_THROWS_WITH(functions.quantile(1.5), Contains("between 0 and 1"));
    }
    CHECK(timeloom::normal_quantile(0.0) == -infinity);
    CHECK(timeloom::chi2_quantile(0.0, 2.0) == 0.0);
    CHECK_THROWS_WITH(timeloom::chi2_sf(1.0, 0.0), Contains("positive"));
    CHECK_THROWS_WITH(timeloom::student_quantile(0.3, missing), Contains("positive"));
    CHECK_THROWS_WITH(timeloom::f_sf(1.0, 2.0, -1.0), Contains("positive"));
}

TEST_CASE("tails and quantiles at the ends of double") {
    for (const auto& a_case : statsmodels_series().at("tails")) {
        CAPTURE(a_case.at("name"), a_case.at("df"), a_case.at("x"));
        const auto functions = functions_of(a_case.at("name"), numbers(a_case.at("df")));
        const double x = a_case.at("x"), tail = a_case.at("tail");
        check_value(functions.sf(x), a_case.at("tail"), 1e-12);
        if (a_case.at("name") == "student")
            CHECK(timeloom::student_quantile(tail, a_case.at("df")[0]) ==
                  (tail == 0.5 ? Approx(0.0) : Approx(-x).epsilon(1e-10)));
    }
    CHECK(timeloom::student_quantile(1e-300, 1.0) == Approx(-1.0 / (std::acos(-1.0) * 1e-300)));
    // Two degrees of freedom: exponential.
    CHECK(timeloom::chi2_quantile(1e-300, 2.0) == Approx(2e-300).epsilon(1e-14));
    CHECK(timeloom::chi2_cdf(5e-324, 1.0) == Approx(std::sqrt(2.0 / std::acos(-1.0)) * std::sqrt(5e-324)));
    CHECK(timeloom::normal_quantile(1e-300) == Approx(-37.0470963));
    CHECK_THROWS_AS(timeloom::f_sf(0.5, 3.0, 1e300), timeloom::Error);
}

TEST_CASE("parts with missing residuals have fewer degrees of freedom") {
    const std::vector<double> resid{1, -1, 1, -1, .5, .5, .5, .5, 1, -1, missing, missing};
    const auto test =
        timeloom::heteroskedasticity_test(resid, {.alternative = timeloom::Alternative::increasing});
    CHECK(test.statistic == Approx(1.0));
    CHECK(test.p_value == Approx(4.0 / 9.0)); // P(F(2, 4) > x) = (1 + x / 2)^-2
    const auto known = timeloom::heteroskedasticity_test(
        resid, {.alternative = timeloom::Alternative::increasing, .use_f = false});
    CHECK(known.p_value == Approx(std::exp(-1.0))); // P(chi2(2) > 2)
}

TEST_CASE("missing residuals are passed over where that is said") {
    const std::vector<double> resid{1, -2, missing, 3, 1, 2, -4, missing, 5};
    CHECK(timeloom::heteroskedasticity_test(resid).statistic == Approx((16.0 + 25.0) / (1.0 + 4.0)));
    const auto d = timeloom::describe(resid);
    CHECK(d.count == 7);
    CHECK(d.median == 1.0);
    CHECK(std::isnan(timeloom::describe(std::vector<double>{3}).std));
    CHECK_THROWS_WITH(timeloom::jarque_bera(resid), Contains("value 2"));
    CHECK_THROWS_WITH(timeloom::describe(std::vector<double>{missing}), Contains("at least 1"));
    CHECK_THROWS_WITH(timeloom::jarque_bera(std::vector<double>(5, 1.5)), Contains("constant"));
    CHECK_THROWS_WITH(timeloom::heteroskedasticity_test(std::vector<double>{1, 2, 3}),
                      Contains("two finite"));
    CHECK_THROWS_WITH(timeloom::heteroskedasticity_test(std::vector<double>(9, 0.0)), Contains("not all 0"));
    CHECK_THROWS_WITH(timeloom::heteroskedasticity_test(resid, {.subset_length = 0.6}), Contains("0.5"));
}

TEST_CASE("densities integrate to 1") {
    const std::vector<double> sample{-1.2, 0.1, 0.4, 0.5, 2.0, 3.7, -0.3};
    const auto curve = timeloom::density_curve(sample, 400);
    double area = 0.0;
    for (const double y : curve.y)
        area += y * (curve.x[1] - curve.x[0]);
    CHECK(area == Approx(1.0).margin(1e-3)); // what lies beyond 3 bandwidths
    const auto bins = timeloom::histogram(sample);
    CHECK(bins.x.size() == 4);
    CHECK((bins.y[0] + bins.y[1] + bins.y[2] + bins.y[3]) * (bins.x[1] - bins.x[0]) == Approx(1.0));
    CHECK(timeloom::histogram(sample, 1).x == std::vector<double>{1.25});
    CHECK_THROWS_WITH(timeloom::scott_bandwidth(std::vector<double>(4, 2.0)), Contains("constant"));
    CHECK_THROWS_WITH(timeloom::gaussian_kde(sample, sample, -1.0), Contains("bandwidth"));
    CHECK_THROWS_WITH(timeloom::density_curve(sample, 1), Contains("2 points"));
}
