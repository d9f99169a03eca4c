// Seasonal-trend decomposition by loess.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace timeloom {

/// Names and defaults of statsmodels.tsa.seasonal.STL. Windows are odd, at least 3; degrees are 0 or 1; a
/// jump of k fits every k-th value and the last one, each from the window nearest to it, and draws lines
/// between. (R and statsmodels fit the last value from the window of the one fitted before it, which differs
/// where that lies more than half a window back.) At most 10,000 inner steps, (outer_iter + 1) inner_iter.
struct StlOptions {
    int seasonal = 7;
    std::optional<int> trend = {};    ///< default: least odd >= 1.5 period / (1 - 1.5 / seasonal)
    std::optional<int> low_pass = {}; ///< default: least odd > period
    int seasonal_deg = 1;
    int trend_deg = 1;
    int low_pass_deg = 1;
    bool robust = false;
    int seasonal_jump = 1;
    int trend_jump = 1;
    int low_pass_jump = 1;
    std::optional<int> inner_iter = {}; ///< default: 5, robust 2
    std::optional<int> outer_iter = {}; ///< default: 0, robust 15
};

struct StlResult {
    std::vector<double> seasonal;
    std::vector<double> trend;
    std::vector<double> resid;   ///< series - seasonal - trend
    std::vector<double> weights; ///< of robustness, 1 without outer iterations
};

/// Cleveland, Cleveland, McRae, Terpenning (1990), "STL: a seasonal-trend decomposition procedure based on
/// loess", Journal of Official Statistics 6: inner loop of detrending, smoothing each cycle-subseries,
/// low-pass filter and trend smoothing; outer loop of bisquare weights. Throws Error for missing values,
/// fewer than two periods, or options outside of what is said above.
StlResult stl(std::span<const double> series, std::size_t period, const StlOptions& options = {});

} // namespace timeloom
