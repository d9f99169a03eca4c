// What the arguments of a lag filter's kernels are.
#pragma once

#include "timeloom/runtime/plan/lag_filter.hpp"

#include <vector>

namespace timeloom::codegen {

/// All arguments in their order.
std::vector<plan::LagArgument> lag_filter_arguments(const plan::LagFilter& filter, plan::LagFilterKind kind);

} // namespace timeloom::codegen
