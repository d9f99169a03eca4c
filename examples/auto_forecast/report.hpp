// What auto_forecast writes, and how good its forecasts were.
#pragma once

#include "forecasts.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <span>
#include <string>

namespace auto_forecast {

/// The four files that are written: the forecasts, and beside them those with _lower, _upper (`id,f1,...`)
/// and _log (a line on each series) before their extension.
std::array<std::filesystem::path, 4> output_files(const std::filesystem::path& file);

/// A part of the text of each.
using Texts = std::array<std::string, 4>;
Texts heads(std::size_t horizon);
Texts lines(std::span<const SeriesForecast> forecasts);

/// What is counted and summed over all series.
struct Tally {
    std::size_t series = 0, models = 0;
    std::size_t converged = 0, not_converged = 0, constant = 0, failed = 0;

    // Of series whose actual values are known. MASE leaves out series that repeat themselves exactly, for
    // which it is not defined; `naive` are of the seasonal naive forecast.
    std::size_t compared = 0, with_mase = 0, values = 0, within = 0;
    double smape = 0, mase = 0, naive_smape = 0, naive_mase = 0;

    void add(const SeriesForecast& forecast);
    /// Compares a forecast with what followed.
    void compare(std::span<const double> history, const SeriesForecast& forecast,
                 std::span<const double> actual, std::size_t season);
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Tally, series, models, converged, not_converged, constant, failed,
                                   compared, with_mase, values, within, smape, mase, naive_smape, naive_mase)

} // namespace auto_forecast
