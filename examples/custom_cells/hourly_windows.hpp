// The hourly series of the M4 competition as windows to train on, and as windows to test with.
#pragma once

#include <timeloom/runtime/tensors/tensor.hpp>

#include <filesystem>

namespace custom_cells {

/// Values are scaled by mean and deviation of their own window.
struct Windows {
    timeloom::Tensor x; ///< (windows, window, 1)
    timeloom::Tensor
        y; ///< (windows, horizon): by how much each hour differs from the same hour the day before
};

struct HourlyData {
    Windows train;
    Windows test; ///< the two days that the competition asked to forecast, one day each
};

/// Reads m4/Hourly-train.csv and m4/Hourly-test.csv of the folder; throws Error where one is missing or
/// malformed.
HourlyData read_hourly(const std::filesystem::path& folder);

/// Mean absolute error of forecasting every hour as it was the day before: of a change of 0.
double naive_error(const Windows& windows);

} // namespace custom_cells
