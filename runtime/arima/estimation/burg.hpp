// Partial autocorrelations by Burg's method: always stationary, and close for roots at the unit circle, too.
#pragma once

#include <vector>

namespace timeloom::detail {

/// Partial autocorrelations at lags `lag`, 2·lag, … terms·lag, which minimise the forward and backward
/// prediction errors order by order (Burg 1975). `x` becomes the forward errors; its first terms·lag values
/// are those of the lower orders.
std::vector<double> burg(std::vector<double>& x, int terms, int lag = 1);

} // namespace timeloom::detail
