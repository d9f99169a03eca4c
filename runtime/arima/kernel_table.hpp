// The table through which a program reaches the generated lag filters of an ARIMA declaration.
#pragma once

#include "timeloom/dsl/arima.hpp"

#include <span>
#include <string_view>

namespace timeloom {

/// Kernels of one filter; dsl::lag_filter_kind tells their arguments.
struct LagFilterKernels {
    using Kernel = int (*)(void** arguments);

    dsl::lag_filter filter;
    Kernel forward;
    Kernel adjoint;
    Kernel gradient; ///< null for a filter without coefficients
    Kernel synthesis;
};

/// All filters of one declaration, smallest first. `orders` are the declared ones, of a family the largest.
struct ArimaKernelTable {
    std::string_view model;
    dsl::arima_orders orders;
    std::span<const LagFilterKernels> filters;
};

} // namespace timeloom
