// The table through which a program reaches the generated lag filters of an ARIMA declaration.
#pragma once

#include "timeloom/dsl/arima/arima.hpp"

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
    bool has_open_period = false; ///< the kernels' first argument is the period

    /// For a season of this period, where it is open.
    LagFilterKernels at_period(int period) const {
        LagFilterKernels kernels = *this;
        if (has_open_period || filter.seasonal_period == dsl::any_period) {
            kernels.filter.seasonal_period = period;
        }
        return kernels;
    }
};

/// All filters of one declaration, smallest first. `orders` are the declared ones, of a family the largest.
struct ArimaKernelTable {
    std::string_view model;
    dsl::arima_orders orders;
    std::span<const LagFilterKernels> filters;
};

} // namespace timeloom
