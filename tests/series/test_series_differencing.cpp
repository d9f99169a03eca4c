// Differences, and how many a series needs, against R's package forecast.
#include "series_values.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"

using Catch::Matchers::Contains;
using timeloom::SeasonalTest;
using namespace timeloom::golden;

TEST_CASE("diff takes lagged differences and passes missing values on") {
    const double missing = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> y{1, 4, 9, 16, 25, 36};
    CHECK(timeloom::diff(y) == std::vector<double>{3, 5, 7, 9, 11});
    CHECK(timeloom::diff(y, 1, 2) == std::vector<double>{2, 2, 2, 2});
    CHECK(timeloom::diff(y, 2, 2) == std::vector<double>{8, 8});
    CHECK(timeloom::diff(y, 3, 0) == y);
    CHECK(greatest_error(timeloom::diff(std::vector<double>{1, missing, 3, 5}),
                         std::vector<double>{missing, missing, 2}) == 0);
    CHECK_THROWS_WITH(timeloom::diff(y, 3, 2), Contains("leaves nothing"));
    CHECK_THROWS_WITH(timeloom::diff(y, 0), Contains("lag"));
    CHECK_THROWS_WITH(timeloom::diff(y, 2, std::numeric_limits<std::size_t>::max()),
                      Contains("leaves nothing"));
    CHECK_THROWS_WITH(timeloom::diff({}), Contains("leaves nothing"));
}

TEST_CASE("ndiffs and nsdiffs agree with R") {
    for (const auto& a_case : r_series().at("differences")) {
        CAPTURE(a_case.at("series"));
        const auto y = numbers(a_case.at("values"));
        const std::size_t period = a_case.at("period");
        CHECK(timeloom::ndiffs(y) == a_case.at("ndiffs"));
        CHECK(timeloom::ndiffs(y, 0.01) == a_case.at("ndiffs_one_percent"));
        if (period == 1)
            continue;
        CHECK(timeloom::nsdiffs(y, period) == a_case.at("nsdiffs"));
        CHECK(timeloom::nsdiffs(y, period, SeasonalTest::seas, 2) == a_case.at("nsdiffs_two"));
        CHECK(timeloom::nsdiffs(y, period, SeasonalTest::ocsb) == a_case.at("nsdiffs_ocsb"));
        // Some 50 smoothing steps, each with sums of at most 144 products.
        if (a_case.contains("strength"))
            check_value(timeloom::seasonal_strength(y, period), a_case.at("strength"), 1e-10);
        if (!a_case.contains("ocsb"))
            continue;
        const auto ocsb = timeloom::ocsb_test(y, period);
        check_value(ocsb.statistic, a_case.at("ocsb").at("statistic"), 1e-10);
        check_value(ocsb.critical_value, a_case.at("ocsb").at("critical"), 1e-12);
        CHECK(ocsb.lag_order == a_case.at("ocsb").at("lag_order"));
    }
}

TEST_CASE("series whose differences are constant, as R's auto.arima takes them") {
    for (const auto& a_case : r_series().at("constant")) {
        CAPTURE(a_case.at("series"));
        const auto choice = timeloom::choose_differencing(numbers(a_case.at("values")), a_case.at("period"));
        CHECK(choice.d == a_case.at("d"));
        CHECK(choice.D == a_case.at("D"));
        if (a_case.at("series") == "steps") { // its differences vary
            CHECK_FALSE(choice.constant);
            continue;
        }
        CHECK(choice.constant);
        const auto& coefficients = a_case.at("coefficients");
        REQUIRE(choice.include_constant == !coefficients.empty());
        if (choice.include_constant)
            CHECK(choice.constant_value ==
                  Approx(number(*coefficients.begin())).margin(1e-14).epsilon(1e-12));
    }
}

TEST_CASE("differencing of short and degenerate series") {
    const double missing = std::numeric_limits<double>::quiet_NaN();
    CHECK(timeloom::is_constant(std::vector<double>{0.3, 0.1 + 0.2}));
    CHECK_FALSE(timeloom::is_constant(std::vector<double>{1.0, 1.0001}));
    CHECK(timeloom::ndiffs(std::vector<double>{5}) == 0);
    CHECK(timeloom::ndiffs(std::vector<double>{5, 5, missing, 5}) == 0);
    CHECK(timeloom::nsdiffs(std::vector<double>{1, 2, 3, 5, 4}, 4) == 0);
    const auto choice = timeloom::choose_differencing(std::vector<double>{3, 4}, 12);
    CHECK(choice.D == 0);
    const auto gap = timeloom::choose_differencing(std::vector<double>{1, 5, missing, 9, 12, 14, 18, 22}, 1);
    CHECK(gap.d == timeloom::ndiffs(std::vector<double>{1, 5, 9, 12, 14, 18, 22}));
    CHECK_FALSE(gap.constant);
    CHECK_THROWS_WITH(timeloom::choose_differencing({}, 12), Contains("at least 1"));
    CHECK_THROWS_WITH(timeloom::ndiffs(std::vector<double>{missing}), Contains("at least 1"));
    CHECK_THROWS_WITH(timeloom::ndiffs(std::vector<double>{1, 2}, 0.5), Contains("alpha"));
    CHECK_THROWS_WITH(timeloom::nsdiffs(std::vector<double>{1, missing}, 4), Contains("value 1"));
    CHECK_THROWS_WITH(timeloom::nsdiffs(std::vector<double>{1, 2}, 1), Contains("period"));
    CHECK_THROWS_WITH(timeloom::ocsb_test(std::vector<double>{1, 5, 2, 6, 2, 4, 1, 3}, 4),
                      Contains("needs more"));
    CHECK_THROWS_WITH(timeloom::ndiffs(std::vector<double>{1, 2, 4}, 0.05, -1), Contains("max_d"));
    CHECK_THROWS_WITH(timeloom::nsdiffs(std::vector<double>{1, 2, 4, 4}, 2, SeasonalTest::seas, -1),
                      Contains("max_D"));
    CHECK_THROWS_WITH(timeloom::choose_differencing(std::vector<double>{1, 2, 4}, 0), Contains("period"));
    CHECK_THROWS_WITH(timeloom::diff(std::vector<double>{1, -std::numeric_limits<double>::infinity(), 4}),
                      Contains("value 1") && Contains("infinite"));
    CHECK_THROWS_WITH(timeloom::seasonal_strength(std::vector<double>{1, 5, 2, 6, 2, 4, 1, 3}, 4),
                      Contains("more than two periods"));
}

TEST_CASE("OCSB answers for short series as R does") {
    // With 13 values and period 4 the regression of order 3 on its last five rows has five columns and no
    // residuals: the least AIC. So the order is 2, and the statistic is that of six rows and four columns.
    const std::vector<double> y{3.1, 5.4, 2.2, 6.8, 2.9, 4.7, 1.3, 5.6, 3.3, 6.1, 2.4, 7.2, 3.8};
    const auto short_test = timeloom::ocsb_test(y, 4);
    CHECK(short_test.lag_order == 2);
    CHECK(std::isfinite(short_test.statistic));
    CHECK_THROWS_WITH(timeloom::ocsb_test(std::span(y).first(9), 4), Contains("no unique solution"));
}
