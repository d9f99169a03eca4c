// Regressors as callers hand them over.
#pragma once

#include <cstddef>
#include <span>

namespace timeloom {

/// Regressors of a series, one row for each observation: (n, columns) in row-major order.
struct Regressors {
    std::span<const double> values;
    std::size_t columns = 0;
};

} // namespace timeloom
