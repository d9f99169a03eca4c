// What auto_forecast writes, and how good its forecasts were.
#pragma once

#include "forecasts.hpp"

#include <filesystem>
#include <span>

namespace auto_forecast {

/// `file` with `suffix` before its extension.
std::filesystem::path with_suffix(const std::filesystem::path& file, const char* suffix);

/// Throws Error where write_forecasts() could not write: also for a device or a pipe, which has nothing
/// beside it.
void require_writable(const std::filesystem::path& file);

/// `file`, and beside it those with _lower, _upper (`id,f1,...`) and _log (a line on each series).
void write_forecasts(const std::filesystem::path& file, std::span<const SeriesForecast> forecasts);

/// Means over all series whose actual values are known. MASE leaves out series that repeat themselves
/// exactly, for which it is not defined.
struct Accuracy {
    std::size_t series = 0;
    double smape = 0, mase = 0;
    double naive_smape = 0, naive_mase = 0; ///< of the seasonal naive forecast
    double coverage = 0;                    ///< share of actual values within the intervals
};
Accuracy accuracy(std::span<const timeloom::NamedSeries> history, std::span<const SeriesForecast> forecasts,
                  std::span<const timeloom::NamedSeries> actual, std::size_t season);

} // namespace auto_forecast
