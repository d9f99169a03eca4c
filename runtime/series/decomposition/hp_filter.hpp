// The filter of Hodrick and Prescott.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom {

struct HpFilterResult {
    std::vector<double> cycle; ///< series - trend
    std::vector<double> trend;
};

/// The trend that makes sum((x_t - trend_t)^2) + lambda sum((trend_{t+1} - 2 trend_t + trend_{t-1})^2) least
/// (Hodrick, Prescott 1997), by a banded Cholesky factorisation in O(n). Throws Error for missing values,
/// fewer than 3 of them, or a lambda that is not positive.
HpFilterResult hp_filter(std::span<const double> series, double lambda = 1600.0);

/// 1600 (period / 4)^4: what Ravn and Uhlig (2002) use for `period` values a year in place of the 1600 of
/// quarters. Throws Error for period 0.
double hp_lambda(std::size_t period);

} // namespace timeloom
