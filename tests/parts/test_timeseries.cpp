// Windows as Keras makes them, forecasts of several steps, scalers and the split by time.
#include "../support/golden_file.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"
#include "timeloom/runtime/tensors/scalers.hpp"
#include "timeloom/runtime/tensors/timeseries_dataset.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace timeloom;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

Tensor as_tensor(const json& array) {
    const auto extents = array.at("shape").get<std::vector<std::size_t>>();
    return Tensor(Shape(extents), golden::values<float>(array));
}

bool equal(const Tensor& a, const Tensor& b) {
    return a.shape() == b.shape() && std::ranges::equal(a.values(), b.values());
}

/// Value 10 t + f at time t, feature f.
Tensor ramp(std::size_t timesteps, std::size_t features) {
    Tensor result(Shape{timesteps, features});
    for (std::size_t t = 0; t < timesteps; ++t)
        for (std::size_t f = 0; f < features; ++f)
            result(t, f) = static_cast<float>(10 * t + f);
    return result;
}

} // namespace

TEST_CASE("windows as Keras makes them") {
    const json golden = golden::read("keras_timeseries.json");
    const Tensor data = as_tensor(golden.at("data"));
    const Tensor targets = as_tensor(golden.at("targets"));
    for (const json& test : golden.at("cases")) {
        CAPTURE(test.at("name").get<std::string>());
        const json& o = test.at("options");
        WindowOptions options{.sequence_length = o.at("sequence_length"),
                              .sequence_stride = o.value("sequence_stride", std::size_t{1}),
                              .sampling_rate = o.value("sampling_rate", std::size_t{1}),
                              .start_index = o.value("start_index", std::size_t{0})};
        if (o.contains("end_index"))
            options.end_index = o.at("end_index").get<std::size_t>();
        const TimeseriesDataset dataset = timeseries_dataset_from_array(data, targets, options);
        CHECK(equal(dataset.x, as_tensor(test.at("x"))));
        CHECK(equal(dataset.y, as_tensor(test.at("y"))));
    }
}

TEST_CASE("targets may be rows, and fewer than the data") {
    const auto [x, y] = timeseries_dataset_from_array(ramp(10, 1), ramp(4, 3), {.sequence_length = 5});
    CHECK(x.shape() == Shape{4, 5, 1});
    CHECK(y.shape() == Shape{4, 3});
    CHECK(y(3, 2) == 32.0f);
}

TEST_CASE("a forecast's targets follow its window") {
    TimeseriesDatasetOptions options{
        .windows = {.sequence_length = 3, .sequence_stride = 2, .sampling_rate = 2},
        .horizon = 2,
        .target_features = {1, 0}};
    const auto [x, y] = timeseries_dataset(ramp(13, 3), options);
    // A window takes steps 0 2 4 and 6 8: 9 of 13, so that windows start at 0, 2 and 4.
    CHECK(x.shape() == Shape{3, 3, 3});
    CHECK(y.shape() == Shape{3, 2, 2});
    CHECK(x(1, 2, 0) == 60.0f);
    CHECK(y(1, 0, 0) == 81.0f);
    CHECK(y(1, 1, 1) == 100.0f);
    CHECK(y(2, 1, 0) == 121.0f);

    options.target_features = {2};
    CHECK(timeseries_dataset(ramp(13, 3), options).y.shape() == Shape{3, 2});
    options.horizon = 1;
    options.target_features = {};
    CHECK(timeseries_dataset(ramp(13, 3), options).y.shape() == Shape{4, 3});
    const Tensor plain = Tensor::from_values({1, 2, 3, 4});
    const TimeseriesDataset next = timeseries_dataset(plain, {.windows = {.sequence_length = 2}});
    CHECK(equal(next.x, Tensor::from_sequences({{{1}, {2}}, {{2}, {3}}})));
    CHECK(equal(next.y, Tensor::from_rows({{3}, {4}})));
}

TEST_CASE("what makes no window is named") {
    const Tensor data = ramp(10, 2);
    CHECK_THROWS_WITH(timeseries_dataset(data, {.windows = {.sequence_length = 10}}),
                      Contains("takes 11 time steps") && Contains("has 10"));
    CHECK_THROWS_WITH(timeseries_dataset(data, {.windows = {.sequence_length = 0}}), Contains("at least"));
    CHECK_THROWS_WITH(timeseries_dataset(data, {.windows = {.sequence_length = 2}, .horizon = 0}),
                      Contains("horizon"));
    CHECK_THROWS_WITH(timeseries_dataset(data, {.windows = {.sequence_length = 2}, .target_features = {2}}),
                      Contains("no feature 2"));
    CHECK_THROWS_WITH(timeseries_dataset(data, {.windows = {.sequence_length = 2, .end_index = 11}}),
                      Contains("0 to 11"));
    CHECK_THROWS_WITH(timeseries_dataset(Tensor(Shape{0, 2}), {}), Contains("takes 2 time steps"));
    CHECK_THROWS_WITH(timeseries_dataset(Tensor(Shape{2, 2, 2}), {}), Contains("(2, 2, 2)"));
    CHECK_THROWS_WITH(timeseries_dataset_from_array(data, Tensor(Shape{0}), {}), Contains("targets"));
    Tensor broken = data;
    broken(7, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(timeseries_dataset(broken, {}), Contains("time step 7"));
    CHECK_THROWS_WITH(timeseries_dataset_from_array(data, broken, {}), Contains("targets"));
}

TEST_CASE("the split keeps the order and every row") {
    const TimeSplit split = split_by_time(ramp(10, 2), 0.25);
    CHECK(split.train.shape() == Shape{7, 2}); // 2.5 rows round to 3
    CHECK(split.validation.shape() == Shape{3, 2});
    CHECK(split.validation(0, 1) == 71.0f);
    CHECK(split_by_time(Tensor(Shape{4, 2, 3}), 0.5).train.shape() == Shape{2, 2, 3});
    for (const double share : {0.0, 1.0, -1.0, 2.0, 0.01, std::nan("")})
        CHECK_THROWS_AS(split_by_time(ramp(10, 2), share), Error);
}

TEST_CASE("a standard scaler gives mean 0 and deviation 1, and back") {
    Tensor series(Shape{50, 3});
    Random random(1);
    for (std::size_t t = 0; t < 50; ++t) {
        series(t, 0) = random.uniform(90, 110);
        series(t, 1) = random.uniform(-0.01f, 0.01f);
        series(t, 2) = 0.1f;
    }
    StandardScaler scaler;
    const Tensor scaled = scaler.fit(series).transform(series);
    for (std::size_t f = 0; f < 3; ++f) {
        double sum = 0, squares = 0;
        for (std::size_t t = 0; t < 50; ++t) {
            sum += scaled(t, f);
            squares += static_cast<double>(scaled(t, f)) * scaled(t, f);
        }
        CHECK(std::abs(sum / 50) < 1e-6);
        CHECK(squares / 50 == Approx(f == 2 ? 0.0 : 1.0).margin(1e-6)); // a constant stays one
    }
    const Tensor back = scaler.inverse_transform(scaled);
    for (std::size_t i = 0; i < back.size(); ++i)
        CHECK(back.values()[i] == Approx(series.values()[i]).epsilon(1e-6));
    // Any shape whose last axis are the features; and one feature alone.
    CHECK(scaler.transform(Tensor(Shape{2, 5, 3})).shape() == Shape{2, 5, 3});
    CHECK(scaler.inverse_transform(Tensor(Shape{2, 5}), 0)(1, 4) == Approx(scaler.offset()[0]).epsilon(1e-6));
}

TEST_CASE("a min-max scaler fills its range") {
    const Tensor series = Tensor::from_rows({{2, 7}, {4, 7}, {10, 7}});
    MinMaxScaler unit;
    CHECK(equal(unit.fit(series).transform(series), Tensor::from_rows({{0, 0}, {0.25, 0}, {1, 0}})));
    MinMaxScaler wide(-1, 3);
    const Tensor scaled = wide.fit(series).transform(series);
    CHECK(equal(scaled, Tensor::from_rows({{-1, -1}, {0, -1}, {3, -1}})));
    CHECK(equal(wide.inverse_transform(scaled), series));
    CHECK(wide.transform(Tensor::from_rows({{12, 7}}))(0, 0) == 4.0f); // beyond what was seen
}

TEST_CASE("scalers refuse what they cannot scale") {
    StandardScaler scaler;
    CHECK_THROWS_WITH(scaler.transform(ramp(2, 2)), Contains("fit()"));
    CHECK_THROWS_AS(scaler.fit(Tensor(Shape{0, 2})), Error);
    Tensor broken = ramp(4, 2);
    broken(2, 1) = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH(scaler.fit(broken), Contains("feature 1") && Contains("row 2"));
    scaler.fit(ramp(4, 2));
    CHECK_THROWS_WITH(scaler.transform(ramp(2, 3)), Contains("2 features") && Contains("(2, 3)"));
    CHECK_THROWS_AS(scaler.inverse_transform(ramp(2, 1), 2), Error);
    CHECK_THROWS_AS(MinMaxScaler(1, 1), Error);
}
