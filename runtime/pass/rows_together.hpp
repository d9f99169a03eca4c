// How many rows of a batch go through all layers together.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

namespace timeloom::detail {

/// A thread takes its rows through all layers, forward and backward, so many at a time that what they keep
/// between passes stays in the processor's caches; but so many that the weights, which come into the first
/// cache anew for them at every time step, do not cost more. A multiple of the kernels' tile.
int rows_together(const plan::Model& network, bool training);

} // namespace timeloom::detail
