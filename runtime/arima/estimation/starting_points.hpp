// Where the search for the maximum of the likelihood begins.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/parameters/parameter_space.hpp"

#include <vector>

namespace timeloom::detail {

/// A point of the parameter space, and what is known of the likelihood's curvature there.
struct StartingPoint {
    std::vector<double> point;
    std::vector<double> inverse_hessian{}; ///< empty: unknown
};

/// Points that the series suggests, the likeliest first: by Hannan and Rissanen's regressions, as they come
/// out, with roots reflected, or shrunk; by the first autocorrelations and Burg's method.
std::vector<StartingPoint> starting_points(const ArimaData& data, const plan::LagFilter& kernels,
                                           const plan::LagFilter& orders);

/// Where a model has both kinds of factors its likelihood may have several maxima: points that lie far apart.
std::vector<StartingPoint> far_points(const ArimaData& data, const plan::LagFilter& orders);

/// A coarse look at the whole space: moving averages from all over, each with the autoregression that Burg's
/// method finds for it; points of both from all over; and moving averages that nearly cancel the
/// autoregression.
std::vector<StartingPoint> points_all_over(const ArimaData& data, const plan::LagFilter& orders,
                                           std::size_t count);

/// Lines and gaps in the spectrum at all frequencies: pairs of roots of both polynomials near the unit
/// circle, differently far from it. Such maxima are narrow. None for models that have no such pairs.
std::vector<StartingPoint> spectral_lines(const plan::LagFilter& orders);

/// Numbers `first` to `first + count` of a sequence of points that fills the space ever more densely.
std::vector<StartingPoint> scattered_points(const plan::LagFilter& orders, std::size_t first,
                                            std::size_t count);

/// Points where another maximum may lie: one factor's signs turned round, its roots drawn in, or all of it
/// left out.
std::vector<StartingPoint> reflections_of(const std::vector<double>& point, const plan::LagFilter& orders);

} // namespace timeloom::detail
