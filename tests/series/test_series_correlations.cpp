// Autocorrelations, partial autocorrelations and Ljung-Box against statsmodels, and their errors.
#include "series_values.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/acf.hpp"

#include <map>

using Catch::Matchers::Contains;
using timeloom::PacfMethod;
using namespace timeloom::golden;

namespace {

const std::map<std::string, PacfMethod> methods{{"ywadjusted", PacfMethod::ywadjusted},
                                                {"ywm", PacfMethod::ywm},
                                                {"ols", PacfMethod::ols},
                                                {"burg", PacfMethod::burg},
                                                {"ld", PacfMethod::ld}};

// Sums of at most 144 products: 144 roundings of 1.1e-16 each, amplified by up to a few hundred in the
// recursions over the lags.
constexpr double tolerance = 1e-11;

} // namespace

TEST_CASE("acf and pacf agree with statsmodels") {
    for (const auto& a_case : statsmodels_series().at("correlations")) {
        CAPTURE(a_case.at("series"), a_case.at("function"), a_case.value("method", "acf"));
        const auto y = observations(a_case);
        const auto nlags = optional_size(a_case.at("nlags"));
        const timeloom::Correlogram result =
            a_case.at("function") == "acf" ? timeloom::acf(y, nlags, {.adjusted = a_case.at("adjusted")})
                                           : timeloom::pacf(y, nlags, methods.at(a_case.at("method")), 0.1);
        check_values(result.values, a_case.at("values"), tolerance);
        check_values(result.lower, a_case.at("lower"), tolerance);
        check_values(result.upper, a_case.at("upper"), tolerance);
    }
}

TEST_CASE("ljung_box and box_pierce agree with statsmodels") {
    for (const auto& a_case : statsmodels_series().at("ljung_box")) {
        const auto result =
            timeloom::ljung_box(observations(a_case), a_case.at("lags"), a_case.at("model_df"));
        // The statistics go up to a few hundred, which p-values below 1e-40 amplify as much.
        for (std::size_t i = 0; i < result.statistic.size(); ++i) {
            check_value(result.statistic[i], a_case.at("statistic")[i], tolerance);
            check_value(result.p_value[i], a_case.at("p_value")[i], 1e-9);
        }
        const auto pierce =
            timeloom::box_pierce(observations(a_case), a_case.at("lags"), a_case.at("model_df"));
        for (std::size_t i = 0; i < pierce.statistic.size(); ++i) {
            check_value(pierce.statistic[i], a_case.at("box_pierce")[i], tolerance);
            check_value(pierce.p_value[i], a_case.at("box_pierce_p_value")[i], 1e-9);
        }
    }
}

TEST_CASE("a series that predicts itself has partial autocorrelations") {
    std::vector<double> y;
    for (int t = 0; t < 20; ++t)
        y.push_back(t % 2 == 0 ? 1.0 : -1.0);
    for (const auto method : {PacfMethod::ywm, PacfMethod::burg}) {
        const auto result = timeloom::pacf(y, 4, method);
        for (const double value : result.values)
            CHECK(std::abs(value) <= 1.0);
    }
    CHECK(timeloom::pacf(y, 4, PacfMethod::burg).values[1] == -1.0);
    CHECK_THROWS_WITH(timeloom::pacf(y, 4, PacfMethod::ols), Contains("collinear"));
}

TEST_CASE("correlations refuse what they are undefined for") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> missing{1, 2, nan, 4, 5, 6};
    const std::vector<double> constant(12, 3.0);
    const std::vector<double> y{1, 3, 2, 5, 4, 6, 5, 8};
    CHECK_THROWS_WITH(timeloom::acf(missing), Contains("value 2") && Contains("missing"));
    CHECK_THROWS_WITH(timeloom::pacf(missing), Contains("value 2"));
    CHECK_THROWS_WITH(timeloom::acf(constant), Contains("constant"));
    CHECK_THROWS_WITH(timeloom::pacf(constant), Contains("constant"));
    CHECK_THROWS_WITH(timeloom::acf(y, 8), Contains("at most 7"));
    CHECK_THROWS_WITH(timeloom::pacf(y, 4), Contains("at most 3"));
    CHECK_THROWS_WITH(timeloom::acf({}), Contains("at least 2"));
    CHECK_THROWS_WITH(timeloom::acf(y, 2, {.alpha = 0.0}), Contains("alpha"));
    CHECK_THROWS_WITH(timeloom::ljung_box(y, 0), Contains("one lag"));
    CHECK_THROWS_WITH(timeloom::box_pierce(y, 0), Contains("box_pierce needs at least one lag"));
    CHECK_THROWS_AS(timeloom::ljung_box(y, 8), timeloom::Error);
}
