// Where the search for the maximum of the likelihood begins.
#pragma once

#include "timeloom/runtime/arima/parameter_space.hpp"

#include <span>
#include <vector>

namespace timeloom {

/// Points of the parameter space, the likeliest first: autoregressive factors by Yule and Walker's equations,
/// moving-average ones from the first autocorrelation, white noise; and where there are both, a few that lie
/// far apart, since the likelihood then may have several maxima.
std::vector<std::vector<double>> starting_points(std::span<const double> w, const dsl::lag_filter& orders);

/// How many of them are followed to their maximum unless the caller says so.
std::size_t default_starts(const dsl::lag_filter& orders);

} // namespace timeloom
