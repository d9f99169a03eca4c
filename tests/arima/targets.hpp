// Kernels that cannot choose their target.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <vector>

namespace timeloom::tests {

/// The model all_factors in kernels of each target that this processor has: in targets_<processor>.cpp.
std::vector<const plan::ArimaFilters*> all_factors_for_each_target();

} // namespace timeloom::tests
