// Where searches begin that Hannan and Rissanen's regressions suggest.
#pragma once

#include "timeloom/runtime/arima/estimation/starting_points.hpp"

namespace timeloom::detail {

/// Their estimate as it is, or with its roots reflected, and as near to it as is well inside of the
/// stationary and invertible region; each with the curvature that the regressions tell. None where they have
/// no estimate.
std::vector<StartingPoint> hannan_rissanen_points(const ArimaData& data, const plan::LagFilter& kernels,
                                                  const plan::LagFilter& orders);

} // namespace timeloom::detail
