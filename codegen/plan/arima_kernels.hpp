// Every kernel that an ARIMA model, or a family of them, needs.
#pragma once

#include "timeloom/codegen/kernel.hpp"
#include "timeloom/dsl/arima/arima.hpp"

#include <vector>

namespace timeloom::codegen {

/// A kernel of filter number `filter` of the declaration.
struct arima_kernel {
    int filter = 0;
    plan::LagFilterKind kind{};
    kernel code;
};

/// The kernels of `arima`, named <model>_<filter>_<kind>.
std::vector<arima_kernel> kernels_of(const declaration::arima_description& arima, const std::string& model);

} // namespace timeloom::codegen
