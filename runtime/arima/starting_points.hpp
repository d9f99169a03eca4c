// Where the search for the maximum of the likelihood begins.
#pragma once

#include "timeloom/runtime/arima/parameter_space.hpp"

#include <span>
#include <vector>

namespace timeloom {

/// A point of the parameter space, and what is known of the likelihood's curvature there.
struct StartingPoint {
    std::vector<double> point;
    std::vector<double> inverse_hessian; ///< empty: unknown
};

/// The likeliest first: by Hannan and Rissanen's regressions or, for a series too short for them, from its
/// first autocorrelations. Where a model has both kinds of factors its likelihood may have several maxima,
/// and points follow that lie far apart.
std::vector<StartingPoint> starting_points(std::span<const double> w, const dsl::lag_filter& kernels,
                                           const dsl::lag_filter& orders);

/// How many of them are followed to their maximum unless the caller says so.
std::size_t default_starts(const dsl::lag_filter& orders);

} // namespace timeloom
