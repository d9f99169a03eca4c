// Classical decomposition, STL and the Hodrick-Prescott filter against statsmodels and R, and the four parts.
#include "series_values.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/decomposition/components.hpp"
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"
#include "timeloom/runtime/series/decomposition/loess.hpp"

using Catch::Matchers::Contains;
using timeloom::DecomposeMethod;
using timeloom::DecomposeModel;
using namespace timeloom::golden;

namespace {

timeloom::StlOptions stl_options(const nlohmann::json& given) {
    const auto window = [&](const char* name) {
        return given.contains(name) ? std::optional<int>(given.at(name).get<int>()) : std::nullopt;
    };
    timeloom::StlOptions options;
    options.seasonal = given.value("seasonal", 7);
    options.trend = window("trend");
    options.low_pass = window("low_pass");
    options.seasonal_deg = given.value("seasonal_deg", 1);
    options.trend_deg = given.value("trend_deg", 1);
    options.low_pass_deg = given.value("low_pass_deg", 1);
    options.robust = given.value("robust", false);
    options.seasonal_jump = given.value("seasonal_jump", 1);
    options.trend_jump = given.value("trend_jump", 1);
    options.low_pass_jump = given.value("low_pass_jump", 1);
    return options;
}

/// A trend, two business cycles and a season, all positive.
std::vector<double> example() {
    std::vector<double> y;
    for (int t = 0; t < 96; ++t)
        y.push_back(100.0 + t + 9.0 * std::sin(t / 8.0) + 20.0 * std::cos(t * 0.5236) + (t * 37 % 11) * 0.4);
    return y;
}

} // namespace

TEST_CASE("seasonal_decompose agrees with statsmodels") {
    const std::size_t stride = statsmodels_series().at("stride");
    for (const auto& a_case : statsmodels_series().at("decompositions")) {
        CAPTURE(a_case.at("series"), a_case.at("model"), a_case.at("two_sided"),
                a_case.at("extrapolate_trend"));
        const auto y = observations(a_case);
        timeloom::SeasonalDecomposeOptions options;
        if (a_case.at("model") == "multiplicative")
            options.model = DecomposeModel::multiplicative;
        options.two_sided = a_case.at("two_sided");
        options.extrapolate_trend = a_case.at("extrapolate_trend");
        const std::size_t period = a_case.at("period");
        const auto parts = timeloom::seasonal_decompose(y, period, options);
        // Lines through 5 points are carried on over 12, and multiply the roundings of 72 values of 1.1e-16.
        const double tolerance = 1e-12 * greatest_size(y);
        check_values(every(stride, parts.trend), a_case.at("trend"), tolerance);
        check_values(std::span(parts.seasonal).first(period), a_case.at("seasonal"), tolerance);
        check_values(every(stride, parts.resid), a_case.at("resid"), tolerance);
    }
}

TEST_CASE("the trend goes on along its first and its last values") {
    const std::vector<double> y{1, 5, 2, 8, 3, 9, 4, 7, 6, 12, 5, 16};
    const auto parts = timeloom::seasonal_decompose(y, 4, {.extrapolate_trend = 1});
    // Known values are 4.25 5 5.5 5.875 … 7.375 8.625.
    CHECK(parts.trend[1] == Approx(3.5));
    CHECK(parts.trend[0] == Approx(2.75));
    CHECK(parts.trend[10] == Approx(9.875));
    CHECK(parts.trend[11] == Approx(11.125));
    const auto shortest =
        timeloom::seasonal_decompose(std::vector<double>{1, 2, 1, 2}, 2, {.extrapolate_trend = 9});
    CHECK(shortest.trend == std::vector<double>(4, 1.5));
}

TEST_CASE("a jump fits the last value from its own window") {
    // A line in the last five values; the values on the grid of jumps are 0, 7 and 14.
    std::vector<double> y(20, 0.0), smooth(20);
    for (int t = 15; t < 20; ++t)
        y[static_cast<std::size_t>(t)] = t - 14;
    timeloom::detail::Loess(y, 5, 1, {}).smooth(7, smooth);
    CHECK(smooth[19] == Approx(5.0)); // the window of 14, as in R, would give a line through 12 to 16
    CHECK(smooth[7] == Approx(0.0).margin(1e-14));
    // Between them lines.
    CHECK(smooth[16] == Approx(smooth[14] + 2 * (smooth[19] - smooth[14]) / 5));
}

TEST_CASE("stl agrees with statsmodels") {
    const std::size_t stride = statsmodels_series().at("stride");
    for (const auto& a_case : statsmodels_series().at("stl")) {
        CAPTURE(a_case.at("series"), a_case.at("options"));
        const auto y = observations(a_case);
        const auto parts = timeloom::stl(y, a_case.at("period"), stl_options(a_case.at("options")));
        // Robustness weights divide residuals by a small median, some hundred times smaller than the values.
        const double tolerance = 1e-11;
        check_values(every(stride, parts.trend), a_case.at("trend"), tolerance * greatest_size(y));
        check_values(every(stride, parts.seasonal), a_case.at("seasonal"), tolerance * greatest_size(y));
        check_values(every(stride, parts.weights), a_case.at("weights"), 100.0 * tolerance);
        for (std::size_t t = 0; t < y.size(); ++t)
            CHECK(parts.trend[t] + parts.seasonal[t] + parts.resid[t] ==
                  Approx(y[t]).epsilon(1e-14).margin(1e-14 * greatest_size(y)));
    }
}

TEST_CASE("stl agrees with R") {
    for (const auto& a_case : r_series().at("stl")) {
        CAPTURE(a_case.at("series"));
        timeloom::StlOptions options;
        const int period = a_case.at("period");
        options.seasonal = a_case.at("options").at("s.window");
        options.seasonal_deg = 0;
        options.robust = a_case.at("options").value("robust", false);
        options.inner_iter = options.robust ? 1 : 2;
        options.low_pass = period | 1;
        options.trend = static_cast<int>(std::ceil(1.5 * period / (1.0 - 1.5 / options.seasonal))) | 1;
        options.seasonal_jump = (options.seasonal + 9) / 10;
        options.trend_jump = (*options.trend + 9) / 10;
        options.low_pass_jump = (*options.low_pass + 9) / 10;
        std::vector<double> y;
        for (const auto& series : r_series().at("differences"))
            if (series.at("series") == a_case.at("series"))
                y = numbers(series.at("values"));
        const auto parts = timeloom::stl(y, static_cast<std::size_t>(period), options);
        check_values(parts.trend, a_case.at("trend"), 1e-11 * greatest_size(y));
        check_values(parts.seasonal, a_case.at("seasonal"), 1e-11 * greatest_size(y));
        check_values(parts.weights, a_case.at("weights"), 1e-9);
    }
}

TEST_CASE("hp_filter agrees with statsmodels") {
    const std::size_t stride = statsmodels_series().at("stride");
    for (const auto& a_case : statsmodels_series().at("hodrick_prescott")) {
        const auto y = observations(a_case);
        const double lambda = a_case.at("lambda");
        const auto parts = timeloom::hp_filter(y, lambda);
        // statsmodels' matrix has condition number 1 + 16 lambda.
        const double tolerance = (1.0 + 16.0 * lambda) * 1.1e-16 * 10.0 * greatest_size(y);
        check_values(every(stride, parts.trend), a_case.at("trend"), tolerance);
        check_values(every(stride, parts.cycle), a_case.at("cycle"), tolerance);
    }
    std::vector<double> line;
    for (int t = 0; t < 500; ++t)
        line.push_back(1e6 + 0.25 * t);
    // Whose differences are exact, so that no lambda may bend it.
    CHECK(greatest_size(timeloom::hp_filter(line, 1e14).cycle) == 0.0);
    CHECK(timeloom::hp_lambda(4) == 1600.0);
    CHECK(timeloom::hp_lambda(12) == 129600.0);
    CHECK(timeloom::hp_lambda(1) == 6.25);
    CHECK(timeloom::hp_filter(std::vector<double>{1, 2, 3}).trend[1] == Approx(2.0));
}

TEST_CASE("components sum or multiply to the series") {
    const auto y = example();
    for (const auto method : {DecomposeMethod::classical, DecomposeMethod::stl})
        for (const auto model : {DecomposeModel::additive, DecomposeModel::multiplicative}) {
            const auto parts = timeloom::components(y, 12, {.method = method, .model = model});
            double cycle = 0.0;
            for (std::size_t t = 0; t < y.size(); ++t) {
                const double whole =
                    model == DecomposeModel::additive
                        ? parts.trend[t] + parts.cyclical[t] + parts.seasonal[t] + parts.irregular[t]
                        : parts.trend[t] * parts.cyclical[t] * parts.seasonal[t] * parts.irregular[t];
                CHECK(whole == Approx(y[t]).epsilon(1e-13));
                cycle =
                    std::max(cycle, std::abs(model == DecomposeModel::additive ? parts.cyclical[t]
                                                                               : parts.cyclical[t] - 1.0));
            }
            // The waves of 8 steps a radian, 9 high on a level of 150, are the cycle.
            CHECK(cycle > (model == DecomposeModel::additive ? 5.0 : 0.03));
        }
    const auto steep = timeloom::components(y, 12, {.hp_lambda = 1e-3});
    CHECK(greatest_size(steep.cyclical) < 0.1);
}

TEST_CASE("decompositions refuse what they are undefined for") {
    auto y = example();
    const auto stl_with = [&](timeloom::StlOptions options) { return timeloom::stl(y, 12, options); };
    CHECK_THROWS_WITH(timeloom::seasonal_decompose(y, 49), Contains("two whole periods"));
    CHECK_THROWS_WITH(timeloom::stl(y, 49), Contains("two whole periods"));
    CHECK_THROWS_WITH(timeloom::stl(y, 1), Contains("at least 2"));
    CHECK_THROWS_WITH(timeloom::seasonal_decompose(y, std::numeric_limits<std::size_t>::max()),
                      Contains("two whole periods"));
    CHECK_THROWS_WITH(timeloom::seasonal_decompose(y, 12, {.extrapolate_trend = -2}), Contains("-2"));
    CHECK_THROWS_WITH(stl_with({.inner_iter = 1'000'000'000}), Contains("at most 10000"));
    CHECK_THROWS_WITH(stl_with({.inner_iter = 200, .outer_iter = 99}), Contains("outer_iter"));
    CHECK_THROWS_WITH(timeloom::hp_lambda(0), Contains("period"));
    CHECK_THROWS_WITH(stl_with({.seasonal = 8}), Contains("'seasonal'") && Contains("8"));
    CHECK_THROWS_WITH(stl_with({.seasonal = 1}), Contains("'seasonal'"));
    CHECK_THROWS_WITH(stl_with({.trend = 12}), Contains("'trend'"));
    CHECK_THROWS_WITH(stl_with({.low_pass_deg = 2}), Contains("at most 1"));
    CHECK_THROWS_WITH(stl_with({.trend_jump = 0}), Contains("'trend_jump'"));
    CHECK_THROWS_WITH(stl_with({.inner_iter = 0}), Contains("'inner_iter'"));
    CHECK_THROWS_WITH(timeloom::hp_filter(y, -1.0), Contains("lambda"));
    CHECK_THROWS_WITH(timeloom::hp_filter(std::vector<double>{1, 2}), Contains("at least 3"));
    y[3] = -y[3];
    CHECK_THROWS_WITH(timeloom::seasonal_decompose(y, 12, {.model = DecomposeModel::multiplicative}),
                      Contains("positive"));
    CHECK_THROWS_WITH(timeloom::components(y, 12, {.model = DecomposeModel::multiplicative}),
                      Contains("positive"));
    y[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH(timeloom::components(y, 12), Contains("value 3"));
    CHECK_THROWS_WITH(timeloom::stl(y, 12), Contains("value 3"));
    CHECK_THROWS_WITH(timeloom::hp_filter(y), Contains("value 3"));
}
