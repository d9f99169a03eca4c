// Where else a pair of roots may lie that all but cancel each other.
#pragma once

#include "timeloom/runtime/arima/estimation/starting_points.hpp"

#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// An autoregressive and a moving-average root (or two of each, as a pair of conjugates) that lie close
/// together make a gap or a line in the spectrum, at one of very many frequencies of much the same
/// likelihood. The model at the point without the roots of φ and θ that lie closest together, and in their
/// place gaps and lines at all frequencies that so many observations tell apart. None for models without φ
/// or θ.
std::vector<StartingPoint> moved_pairs(const std::vector<double>& point, const plan::LagFilter& kernels,
                                       const plan::LagFilter& orders, std::size_t observations);

} // namespace timeloom::detail
