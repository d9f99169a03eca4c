// Kernels of ARIMA's lag filters: eight series, or parameter vectors, side by side.
#pragma once

#include "timeloom/codegen/kernel.hpp"
#include "timeloom/dsl/arima/lag_filter.hpp"

namespace timeloom::codegen {

/// Arguments and results as lag_filter_kind lists them.
kernel_pipeline build_lag_filter(const dsl::lag_filter& filter, dsl::lag_filter_kind kind,
                                 const Halide::Target& target);

} // namespace timeloom::codegen
