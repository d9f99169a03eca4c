#include "timeloom/runtime/tensors/timeseries_dataset.hpp"

#include "timeloom/runtime/base/as_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace timeloom {

namespace {

void require_finite(const Tensor& series, const char* what) {
    const auto bad = std::ranges::find_if(series.values(), [](float value) { return !std::isfinite(value); });
    if (bad != series.values().end()) {
        const auto at = static_cast<std::size_t>(bad - series.values().begin());
        throw Error(std::string("timeseries_dataset: the ") + what + " are not finite at time step " +
                    std::to_string(at / (series.size() / series.shape()[0])) + "; fill the gaps first");
    }
}

void require_options(const Tensor& data, const WindowOptions& o) {
    if (data.rank() != 1 && data.rank() != 2) {
        throw Error(
            "timeseries_dataset: the data must have shape (timesteps, features) or (timesteps), not " +
            to_string(data.shape()));
    }
    if (o.sequence_length == 0 || o.sequence_stride == 0 || o.sampling_rate == 0) {
        throw Error("timeseries_dataset: sequence_length, sequence_stride and sampling_rate must be at least "
                    "1");
    }
    const std::size_t rows = data.shape()[0];
    if (o.end_index.value_or(rows) > rows || o.start_index > o.end_index.value_or(rows)) {
        throw Error("timeseries_dataset: the rows from " + std::to_string(o.start_index) + " to " +
                    std::to_string(o.end_index.value_or(rows)) + " do not lie within the series of " +
                    std::to_string(rows));
    }
    if (data.rank() == 2 && data.shape()[1] == 0) {
        throw Error("timeseries_dataset: the data of shape " + to_string(data.shape()) + " have no features");
    }
    require_finite(data, "data");
}

/// Rows that `count` + `more` reads take which are `rate` rows apart; where no number can hold that, the
/// largest one.
std::size_t span_of(std::size_t count, std::size_t more, std::size_t rate) {
    constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();
    if (count > largest - more || count + more - 1 > (largest - 1) / rate) {
        return largest;
    }
    return (count + more - 1) * rate + 1;
}

/// First rows of the windows, each of which takes `span` rows.
std::vector<std::size_t> window_starts(const Tensor& data, const WindowOptions& o, std::size_t span) {
    const std::size_t end = o.end_index.value_or(data.shape()[0]);
    if (end - o.start_index < span) {
        throw Error("timeseries_dataset: a window takes " + std::to_string(span) +
                    " time steps, but the series has " + std::to_string(end - o.start_index) +
                    "; use a shorter sequence_length or horizon");
    }
    const std::size_t windows = (end - o.start_index - span) / o.sequence_stride + 1;
    std::vector<std::size_t> starts(windows);
    for (std::size_t i = 0; i < windows; ++i) {
        starts[i] = o.start_index + i * o.sequence_stride;
    }
    return starts;
}

/// Rows first, first + sampling_rate, … behind each start, only the columns asked for.
Tensor gather(const Tensor& series, const std::vector<std::size_t>& starts, std::size_t first,
              std::size_t count, std::size_t sampling_rate, const std::vector<std::size_t>& columns) {
    const std::size_t width = series.shape()[0] == 0 ? 0 : series.size() / series.shape()[0];
    Tensor result(Shape{starts.size(), count, columns.size()});
    float* to = result.data();
    for (const std::size_t start : starts) {
        for (std::size_t k = 0; k < count; ++k) {
            const float* const row = series.data() + (start + first + k * sampling_rate) * width;
            for (const std::size_t column : columns) {
                *to++ = row[column];
            }
        }
    }
    return result;
}

std::vector<std::size_t> all_columns(const Tensor& series) {
    std::vector<std::size_t> columns(series.size() / series.shape()[0]);
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    return columns;
}

Tensor rows_of(const Tensor& series, std::size_t first, std::size_t count) {
    std::vector<std::size_t> extents(series.shape().begin(), series.shape().end());
    const std::size_t width = series.size() / extents[0];
    extents[0] = count;
    return Tensor(Shape(extents), series.values().subspan(first * width, count * width));
}

} // namespace

TimeseriesDataset timeseries_dataset_from_array(const Tensor& data, const Tensor& targets,
                                                const WindowOptions& options) {
    return as_error("timeseries_dataset_from_array", [&]() -> TimeseriesDataset {
        require_options(data, options);
        if (targets.rank() == 0 || targets.size() == 0) {
            throw Error("timeseries_dataset: the targets hold no values");
        }
        require_finite(targets, "targets");
        std::vector<std::size_t> starts =
            window_starts(data, options, span_of(options.sequence_length, 0, options.sampling_rate));
        std::erase_if(starts, [&](std::size_t start) { return start >= targets.shape()[0]; });
        if (starts.empty()) {
            throw Error("timeseries_dataset: no window starts within the " +
                        std::to_string(targets.shape()[0]) + " targets");
        }
        Tensor x = gather(data, starts, 0, options.sequence_length, options.sampling_rate, all_columns(data));
        Tensor y = gather(targets, starts, 0, 1, 1, all_columns(targets));
        std::vector<std::size_t> extents(targets.shape().begin(), targets.shape().end());
        extents[0] = starts.size();
        y.reshape(Shape(extents));
        return {std::move(x), std::move(y)};
    });
}

TimeseriesDataset timeseries_dataset(const Tensor& data, const TimeseriesDatasetOptions& options) {
    return as_error("timeseries_dataset", [&]() -> TimeseriesDataset {
        const WindowOptions& windows = options.windows;
        require_options(data, windows);
        if (options.horizon == 0) {
            throw Error("timeseries_dataset: the horizon must be at least 1");
        }
        const std::vector<std::size_t> starts = window_starts(
            data, windows, span_of(windows.sequence_length, options.horizon, windows.sampling_rate));
        const std::vector<std::size_t> features = all_columns(data);
        const std::vector<std::size_t>& targets =
            options.target_features.empty() ? features : options.target_features;
        if (std::ranges::max(targets) >= features.size()) {
            throw Error("timeseries_dataset: there is no feature " +
                        std::to_string(std::ranges::max(targets)) + ", the series has " +
                        std::to_string(features.size()));
        }
        Tensor x = gather(data, starts, 0, windows.sequence_length, windows.sampling_rate, features);
        Tensor y = gather(data, starts, windows.sequence_length * windows.sampling_rate, options.horizon,
                          windows.sampling_rate, targets);
        if (options.horizon == 1) {
            y.reshape(Shape{starts.size(), targets.size()});
        } else if (targets.size() == 1) {
            y.reshape(Shape{starts.size(), options.horizon});
        }
        return {std::move(x), std::move(y)};
    });
}

TimeSplit split_by_time(const Tensor& series, double validation_share) {
    return as_error("split_by_time", [&]() -> TimeSplit {
        const std::size_t rows = series.rank() == 0 ? 0 : series.shape()[0];
        const double wanted = std::round(validation_share * static_cast<double>(rows));
        if (!(wanted >= 1 && wanted < static_cast<double>(rows))) {
            throw Error("split_by_time: a share of " + std::to_string(validation_share) + " of " +
                        std::to_string(rows) + " rows leaves nothing to train or to validate on");
        }
        const std::size_t train = rows - static_cast<std::size_t>(wanted);
        return {rows_of(series, 0, train), rows_of(series, train, rows - train)};
    });
}

} // namespace timeloom
