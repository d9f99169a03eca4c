// Classical seasonal decomposition by moving averages.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom {

/// series = trend + seasonal + resid, or trend * seasonal * resid.
enum class DecomposeModel { additive, multiplicative };

/// Extrapolates the trend from period - 1 values more than one: statsmodels' "freq".
inline constexpr int extrapolate_freq = -1;

struct SeasonalDecomposeOptions {
    DecomposeModel model = DecomposeModel::additive;
    bool two_sided = true; ///< false: the moving average looks back only
    // k: continue the trend by lines through its k + 1 values next to each end (statsmodels leaves the last
    // one out of the line at the back)
    int extrapolate_trend = 0;
};

/// All as long as the series. Without extrapolation, trend and resid are NaN where the moving average reaches
/// out of the series.
struct SeasonalDecomposeResult {
    std::vector<double> trend;
    std::vector<double> seasonal;
    std::vector<double> resid;
};

/// Trend: moving average over one period (an even period's first and last value count half). Seasonal: the
/// mean detrended value of each phase, centred at 0 or 1 over a period (Kendall, Stuart 1983). Throws Error
/// for missing values, fewer than two periods, values <= 0 in a multiplicative model, and an
/// extrapolate_trend below extrapolate_freq.
SeasonalDecomposeResult seasonal_decompose(std::span<const double> series, std::size_t period,
                                           const SeasonalDecomposeOptions& options = {});

} // namespace timeloom
