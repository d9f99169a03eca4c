// Kernels of ARIMA's lag filters: eight series, or parameter vectors, side by side.
#pragma once

#include "timeloom/codegen/kernel.hpp"
#include "timeloom/runtime/plan/lag_filter.hpp"

namespace timeloom::codegen {

/// The kernel whose arguments lag_filter_arguments() lists.
kernel_pipeline build_lag_filter(const plan::LagFilter& filter, plan::LagFilterKind kind,
                                 const Halide::Target& target);

} // namespace timeloom::codegen
