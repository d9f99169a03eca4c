// From a series to what a model trains on: windows, and a split by time.
#pragma once

#include "timeloom/runtime/tensors/tensor.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace timeloom {

/// Window i reads the rows start + k · sampling_rate, k < sequence_length, of the rows [start_index,
/// end_index) of the series; the starts are sequence_stride apart.
struct WindowOptions {
    std::size_t sequence_length = 1;
    std::size_t sequence_stride = 1;
    std::size_t sampling_rate = 1;
    std::size_t start_index = 0;
    std::optional<std::size_t> end_index{}; ///< without: the end of the series
};

struct TimeseriesDataset {
    Tensor x; ///< (windows, sequence_length, features)
    Tensor y;
};

/// Keras's timeseries_dataset_from_array: `data` is (timesteps, features) or (timesteps), and the target of a
/// window is the row of `targets`, (timesteps, …) likewise, at the window's start. y is (windows, …).
/// Throws Error for a series that is too short for one window or has no features, for NaN and for options of
/// zero.
TimeseriesDataset timeseries_dataset_from_array(const Tensor& data, const Tensor& targets,
                                                const WindowOptions& options);

/// What timeseries_dataset() makes of a series.
struct TimeseriesDatasetOptions {
    WindowOptions windows{};
    std::size_t horizon = 1;
    std::vector<std::size_t> target_features{}; ///< columns to forecast; without: all
};

/// Windows with the `horizon` rows that follow each, also sampling_rate apart. y is (windows, horizon,
/// targets), or (windows, targets) for a horizon of 1, or (windows, horizon) for one target. Throws Error as
/// above.
TimeseriesDataset timeseries_dataset(const Tensor& data, const TimeseriesDatasetOptions& options);

struct TimeSplit {
    Tensor train;
    Tensor validation;
};

/// The rows of the first axis in their order: the last round(validation_share · rows) for validation, the
/// others for training. Split the series and not its windows, which overlap. Throws Error unless both have
/// rows.
TimeSplit split_by_time(const Tensor& series, double validation_share);

} // namespace timeloom
