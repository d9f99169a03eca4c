// Windows over series, splits, scalers, padding, and measures of forecasts.
#include "misuse.hpp"

#include "timeloom/runtime/tensors/forecast_metrics.hpp"
#include "timeloom/runtime/tensors/pad_sequences.hpp"
#include "timeloom/runtime/tensors/scalers.hpp"
#include "timeloom/runtime/tensors/timeseries_dataset.hpp"

#include <cmath>
#include <functional>
#include <vector>

namespace timeloom::tests {

namespace {

constexpr std::size_t half = huge_size / 2 + 1;
constexpr float nan = static_cast<float>(not_a_number), inf = static_cast<float>(infinity);

const Tensor series = Tensor::from_values({1, 2, 3, 4, 5});

} // namespace

TEST_CASE("windows over a series that cannot be") {
    struct Case {
        const char* what;
        WindowOptions options;
        const char* part;
    };
    const Case cases[] = {
        {"a sequence length of 0", {.sequence_length = 0}, "sequence_length"},
        {"a stride of 0", {.sequence_stride = 0}, "sequence_stride"},
        {"a rate of 0", {.sampling_rate = 0}, "sampling_rate"},
        {"a length beyond the series", {.sequence_length = 6}, "a window takes 6"},
        {"the largest length", {.sequence_length = huge_size}, "a window takes"},
        {"a length of 2^63", {.sequence_length = half}, "a window takes"},
        {"the largest rate", {.sequence_length = 2, .sampling_rate = huge_size}, "a window takes"},
        {"a rate of 2^63", {.sequence_length = 3, .sampling_rate = half}, "a window takes"},
        {"both of them", {.sequence_length = huge_size, .sampling_rate = huge_size}, "a window takes"},
        {"whose product is 0",
         {.sequence_length = (std::size_t{1} << 32) + 1, .sampling_rate = std::size_t{1} << 32},
         "a window takes"},
        {"a start beyond the series", {.start_index = 6}, "do not lie within"},
        {"the largest start", {.start_index = huge_size}, "do not lie within"},
        {"an end beyond the series", {.end_index = 6}, "do not lie within"},
        {"the largest end", {.end_index = huge_size}, "do not lie within"},
        {"an end before the start", {.start_index = 4, .end_index = 2}, "do not lie within"},
        {"a start at the end", {.start_index = 5}, "a window takes 1"},
        {"nothing between both", {.start_index = 2, .end_index = 2}, "a window takes 1"},
    };
    for (const Case& c : cases) {
        refuses(c.what, c.part, [&] { timeseries_dataset_from_array(series, series, c.options); });
        // With what follows a window, it takes one more row.
        const bool names_rows = std::string(c.part).starts_with("a window takes");
        refuses(c.what, names_rows ? "a window takes" : c.part,
                [&] { timeseries_dataset(series, {.windows = c.options}); });
    }
    for (const std::size_t stride : {std::size_t{5}, half, huge_size - 1, huge_size})
        accepts("a stride of " + std::to_string(stride), [&] {
            CHECK(timeseries_dataset_from_array(series, series, {.sequence_stride = stride}).x.rows() == 1);
        });
    for (const std::size_t horizon : {std::size_t{5}, half, huge_size - 1, huge_size})
        refuses("a horizon of " + std::to_string(horizon), "a window takes",
                [&] { timeseries_dataset(series, {.horizon = horizon}); });
    refuses("a horizon of 0", "horizon", [] { timeseries_dataset(series, {.horizon = 0}); });
    for (const std::size_t feature : {std::size_t{1}, half, huge_size})
        refuses("feature " + std::to_string(feature), "there is no feature", [&] {
            timeseries_dataset(series, {.target_features = {0, feature}});
        });
}

TEST_CASE("series that are none") {
    struct Case {
        const char* what;
        Tensor series;
        const char* part;
    };
    const Case cases[] = {
        {"a scalar", Tensor(Shape{}), "must have shape"},
        {"three axes", Tensor({2, 3, 4}), "must have shape"},
        {"six axes", Tensor({1, 1, 1, 1, 1, 1}), "must have shape"},
        {"no values", Tensor(Shape{0}), "a window takes"},
        {"no rows", Tensor({0, 3}), "a window takes"},
        {"no features", Tensor({5, 0}), "no features"},
        {"neither", Tensor({0, 0}), "no features"},
        {"NaN", Tensor::from_values({1, nan, 3}), "not finite at time step 1"},
        {"infinity", Tensor::from_values({1, 2, inf}), "not finite at time step 2"},
        {"negative infinity", Tensor::from_rows({{1, 2}, {-inf, 4}}), "not finite at time step 1"},
    };
    const WindowOptions windows{};
    for (const Case& c : cases) {
        refuses(c.what, c.part, [&] { timeseries_dataset(c.series, {}); });
        refuses(c.what, c.part, [&] { timeseries_dataset_from_array(c.series, series, windows); });
    }
    const Case targets[] = {
        {"a scalar", Tensor(Shape{}), "timeseries_dataset"},
        {"no values", Tensor(Shape{0}), "the targets hold no values"},
        {"no features", Tensor({5, 0}), "the targets hold no values"},
        {"NaN", Tensor::from_values({1, nan, 3}), "not finite"},
    };
    for (const Case& c : targets)
        refuses(std::string("targets: ") + c.what, c.part,
                [&] { timeseries_dataset_from_array(series, c.series, windows); });
    refuses("no target for any window", "no window starts within",
            [&] { timeseries_dataset_from_array(series, Tensor::from_values({1}), {.start_index = 2}); });
    Tensor moved({5, 1});
    const Tensor there = std::move(moved);
    refuses("a series that was moved from", "a window takes", [&] { timeseries_dataset(moved, {}); });
}

TEST_CASE("splits that leave nothing") {
    for (const double share :
         {not_a_number, infinity, -infinity, -0.5, 0.0, 1e-300, 0.09, 0.91, 1.0, 1.5, 1e300})
        refuses("a share of " + std::to_string(share), "split_by_time",
                [&] { split_by_time(series, share); });
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{1}, Shape{0, 3}, Shape{1, 3}})
        refuses("half of " + to_string(shape), "split_by_time", [&] { split_by_time(Tensor(shape), 0.5); });
    accepts("half of rows of nothing", [] {
        CHECK(split_by_time(Tensor({4, 0}), 0.5).train.shape() == Shape{2, 0});
    });
}

TEST_CASE("scalers that know no scale") {
    const StandardScaler empty_standard;
    const MinMaxScaler empty_range;
    for (const Scaler* scaler :
         {static_cast<const Scaler*>(&empty_standard), static_cast<const Scaler*>(&empty_range)}) {
        refuses("transform before fit", "fit()", [&] { scaler->transform(series); });
        refuses("inverse before fit", "fit()", [&] { scaler->inverse_transform(series); });
        refuses("one feature before fit", "no feature 0", [&] { scaler->inverse_transform(series, 0); });
    }
    const double ranges[][2] = {
        {0, 0},        {1, 0},         {not_a_number, 1},   {0, not_a_number},   {-infinity, 0},
        {0, infinity}, {1e300, 1e300}, {-1.7e308, 1.7e308}, {infinity, infinity}};
    for (const auto& [low, high] : ranges)
        refuses("a range from " + std::to_string(low), "must be finite and rise",
                [low = low, high = high] { MinMaxScaler(low, high); });
    StandardScaler standard;
    MinMaxScaler range;
    const auto fit_both = [&](const char* what, const char* part, const Tensor& values) {
        refuses(what, part, [&] { standard.fit(values); });
        refuses(what, part, [&] { range.fit(values); });
    };
    fit_both("no values", "no values", Tensor(Shape{0}));
    fit_both("no rows", "no values", Tensor({0, 3}));
    fit_both("no features", "no values", Tensor({3, 0}));
    fit_both("NaN", "feature 0 is not finite in row 1", Tensor::from_rows({{1}, {nan}}));
    fit_both("infinity", "feature 1 is not finite in row 0", Tensor::from_rows({{1, inf}, {2, 3}}));
    refuses("still nothing known", "fit()", [&] { standard.transform(series); });
    MinMaxScaler wide(0, 1e308);
    refuses("a range that leaves no scale", "cannot be scaled", [&] {
        wide.fit(Tensor::from_rows({{0}, {1e-20f}}));
    });
    const Tensor two = Tensor::from_rows({{1, 5}, {2, 5}, {3, 5}});
    standard.fit(two);
    range.fit(two);
    for (const Scaler* scaler : {static_cast<const Scaler*>(&standard), static_cast<const Scaler*>(&range)}) {
        for (const Shape& shape : {Shape{}, Shape{0}, Shape{3}, Shape{2, 1}, Shape{2, 3}, Shape{0, 1}}) {
            refuses("features of " + to_string(shape), "fitted to 2",
                    [&] { scaler->transform(Tensor(shape)); });
            refuses("features of " + to_string(shape), "fitted to 2",
                    [&] { scaler->inverse_transform(Tensor(shape)); });
        }
        for (const std::size_t feature : {std::size_t{2}, half, huge_size})
            refuses("feature " + std::to_string(feature), "no feature",
                    [&] { scaler->inverse_transform(two, feature); });
        accepts("no rows", [&] { CHECK(scaler->transform(Tensor({0, 2})).shape() == Shape{0, 2}); });
        accepts("a constant feature", [&] { CHECK(std::isfinite(scaler->transform(two)(0, 1))); });
        accepts("NaN stays NaN", [&] {
            CHECK(std::isnan(scaler->transform(Tensor::from_rows({{nan, 1}}))(0, 0)));
        });
    }
    for (const float scale : {1e-38f, 1e-20f, 1e20f, 1.7e38f}) {
        const Tensor values = Tensor::from_rows({{-scale}, {0}, {scale}});
        accepts("values of " + std::to_string(scale), [&] {
            CHECK(StandardScaler().fit(values).transform(values)(2, 0) == Approx(std::sqrt(1.5)));
            CHECK(MinMaxScaler().fit(values).transform(values)(1, 0) == Approx(0.5));
        });
    }
}

TEST_CASE("padding that no memory holds") {
    const TokenSequences two{{1, 2, 3}, {4}};
    for (const std::size_t maxlen :
         {huge_size, half, huge_size / 2, huge_size / 4, std::size_t{1} << 61, std::size_t{1} << 60})
        refuses("maxlen " + std::to_string(maxlen), "memory",
                [&] { pad_sequences(two, {.maxlen = maxlen}); });
    for (const SequenceEnd end : {SequenceEnd::pre, SequenceEnd::post}) {
        accepts("maxlen 0", [&] {
            CHECK(pad_sequences(two, {.maxlen = 0, .padding = end, .truncating = end}).values.empty());
        });
        accepts("nothing to pad",
                [&] { CHECK(pad_sequences({}, {.maxlen = huge_size, .padding = end}).rows == 0); });
        accepts("empty sequences", [&] { CHECK(pad_sequences({{}, {}}, {.padding = end}).columns == 0); });
        accepts("one empty sequence", [&] {
            CHECK(pad_sequences({{}, {1}}, {.padding = end}).values[0] == 0);
        });
        for (const std::int32_t value :
             {-1, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()})
            accepts("padding with " + std::to_string(value), [&] {
                CHECK(pad_sequences({{}}, {.maxlen = 1, .padding = end, .value = value}).values[0] == value);
            });
    }
}

TEST_CASE("forecasts that cannot be measured") {
    const std::vector<float> none, one{1}, two{1, 2}, zeros{0, 0}, bad{1, nan}, far{3e38f, -3e38f};
    using Measure = std::function<double(std::span<const float>, std::span<const float>)>;
    const std::pair<const char*, Measure> measures[] = {
        {"rmse", [](auto a, auto f) { return rmse(a, f); }},
        {"mape", [](auto a, auto f) { return mape(a, f); }},
        {"smape", [](auto a, auto f) { return smape(a, f); }},
        {"mase", [&](auto a, auto f) { return mase(a, f, two); }},
    };
    for (const auto& pair : measures) {
        const auto& [name, value] = pair;
        const Measure& measure = value;
        refuses(std::string(name) + " of nothing", name, [&] { measure(none, none); });
        refuses(std::string(name) + " of nothing and one", name, [&] { measure(none, one); });
        refuses(std::string(name) + " of one and nothing", name, [&] { measure(one, none); });
        refuses(std::string(name) + " of one and two", name, [&] { measure(one, two); });
        accepts(std::string(name) + " of NaN", [&] { CHECK(std::isnan(measure(two, bad))); });
        accepts(std::string(name) + " of large values", [&] { CHECK(std::isfinite(measure(far, far))); });
    }
    refuses("mape of zeros", "mape is undefined", [&] { mape(zeros, two); });
    accepts("smape of zeros", [&] { CHECK(smape(zeros, zeros) == 0); });
    for (const std::size_t season : {std::size_t{0}, std::size_t{2}, std::size_t{3}, half, huge_size})
        refuses("mase with season " + std::to_string(season), "season", [&] { mase(two, two, two, season); });
    refuses("mase of a constant history", "repeats itself", [&] { mase(two, two, zeros); });
    refuses("mase without history", "history", [&] { mase(two, two, none); });
    for (const std::size_t season : {std::size_t{0}, std::size_t{3}, half, huge_size})
        refuses("naive with season " + std::to_string(season), "season",
                [&] { seasonal_naive(two, season, 1); });
    refuses("naive without history", "history", [&] { seasonal_naive(none, 1, 1); });
    for (const std::size_t horizon : {half, huge_size, huge_size / 4})
        refuses("naive for " + std::to_string(horizon), "memory", [&] { seasonal_naive(two, 1, horizon); });
    accepts("naive for no time", [&] { CHECK(seasonal_naive(two, 2, 0).empty()); });
}

} // namespace timeloom::tests
