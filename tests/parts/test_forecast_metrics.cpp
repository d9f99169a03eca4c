// Forecast accuracy, by values worked out by hand.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/tensors/forecast_metrics.hpp"

#include <catch2/catch.hpp>

#include <vector>

using timeloom::Error;
using Series = std::vector<float>;

TEST_CASE("rmse, mape and smape") {
    const Series actual{100, 200, 400}, forecast{110, 180, 400};
    CHECK(timeloom::rmse(actual, forecast) == Approx(std::sqrt(500.0 / 3.0)));
    CHECK(timeloom::mape(actual, forecast) == Approx(20.0 / 3.0));
    CHECK(timeloom::smape(actual, forecast) == Approx(200.0 / 3.0 * (10.0 / 210.0 + 20.0 / 380.0)));
    CHECK(timeloom::smape(Series{0, 1, -2}, Series{0, -1, 2}) == Approx(400.0 / 3.0));
    CHECK(timeloom::mape(Series{-4}, Series{-5}) == Approx(25.0));
    CHECK_THROWS_AS(timeloom::mape(Series{0}, Series{1}), Error);
    CHECK_THROWS_AS(timeloom::rmse(actual, Series{1}), Error);
    CHECK_THROWS_AS(timeloom::rmse(Series{}, Series{}), Error);
}

TEST_CASE("mase compares with the seasonal naive forecast of the history") {
    const Series history{1, 10, 3, 14, 5, 18}; // differences at season 2: 2, 4, 2, 4
    CHECK(timeloom::mase(Series{7, 22}, Series{10, 22}, history, 2) == Approx(0.5));
    CHECK(timeloom::mase(Series{2}, Series{4}, Series{1, 2, 4}) == Approx(2.0 / 1.5));
    CHECK_THROWS_AS(timeloom::mase(Series{1}, Series{1}, Series{1, 2, 1, 2}, 2), Error);
    CHECK_THROWS_AS(timeloom::mase(Series{1}, Series{1}, Series{1, 2}, 2), Error);
    CHECK_THROWS_AS(timeloom::mase(Series{1}, Series{1}, Series{1, 2}, 0), Error);
}

TEST_CASE("seasonal naive forecast") {
    const Series history{9, 1, 2, 3};
    CHECK(timeloom::seasonal_naive(history, 3, 5) == Series{1, 2, 3, 1, 2});
    CHECK(timeloom::seasonal_naive(history, 1, 2) == Series{3, 3});
    CHECK(timeloom::seasonal_naive(history, 4, 0).empty());
    CHECK_THROWS_AS(timeloom::seasonal_naive(history, 5, 1), Error);
    CHECK_THROWS_AS(timeloom::seasonal_naive(history, 0, 1), Error);
}
