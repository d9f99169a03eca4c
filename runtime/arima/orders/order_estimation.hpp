// Maximum likelihood for models of different orders at once, in tiles that they share.
#pragma once

#include "timeloom/runtime/arima/estimation/estimation.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// The smallest filter that serves the orders. Throws Error if none does.
const plan::LagFilterKernels& serving_filter(const plan::ArimaFilters& plan, const plan::LagFilter& orders);

/// Estimates in the order of the jobs. Those that the same filter serves, and whose series have equally many
/// missing values and regressors, share a tile; but for rounding, none affects another.
std::vector<Estimate> estimate_orders(const plan::ArimaFilters& plan, std::span<const EstimationJob> jobs);

} // namespace timeloom::detail
