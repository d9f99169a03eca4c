// What acf and pacf share.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace timeloom::detail {

/// sum((x_t - mean)(x_{t-k} - mean)) over n, or over n - k if adjusted, for lags k = 0, ..., nlags < n; x is
/// the scaled series (see checks.hpp), for only ratios of these are used.
std::vector<double> autocovariance(std::span<const double> series, std::size_t nlags, bool adjusted);

/// The normal quantile of 1 - alpha / 2. Throws Error unless 0 < alpha < 1.
double two_sided_z(double alpha);

/// nlags, or min(10 log10(size), most). Throws Error if nlags > most.
std::size_t lags_or_default(const char* function, std::size_t size, std::optional<std::size_t> nlags,
                            std::size_t most);

} // namespace timeloom::detail
