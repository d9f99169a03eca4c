// Maximum likelihood for models of different orders at once, eight searches at a time.
#pragma once

#include "timeloom/runtime/arima/estimation.hpp"

#include <span>
#include <vector>

namespace timeloom {

/// One model of one series to estimate.
struct OrderJob {
    const ArimaData* data = nullptr;
    dsl::lag_filter orders;
    std::vector<double> near{}; ///< a further starting point; may be empty
    std::size_t starts = 1;     ///< how many of the starting points are followed to their maximum
    BfgsOptions search{};
};

/// The smallest filter that serves the orders. Throws Error if none does.
const LagFilterKernels& serving_filter(const ArimaKernelTable& kernels, const dsl::lag_filter& orders);

/// Estimates in the order of the jobs. Those that the same filter serves, and whose series have equally many
/// missing values and regressors, share a tile; but for rounding, none affects another.
std::vector<Estimate> estimate_orders(const ArimaKernelTable& kernels, std::span<const OrderJob> jobs);

} // namespace timeloom
