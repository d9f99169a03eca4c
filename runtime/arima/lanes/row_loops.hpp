// Loops over rows of lanes; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"

namespace timeloom::detail::presample_kernels {

template <class Arch>
void dot(std::size_t count, const LaneRow* x, const LaneRow* y, LaneRow& sum) {
    using V = Lanes<Arch>;
    V first(sum), second;
    std::size_t t = 0;
    for (; t + 1 < count; t += 2) {
        first += V(x[t]) * V(y[t]);
        second += V(x[t + 1]) * V(y[t + 1]);
    }
    if (t < count) {
        first += V(x[t]) * V(y[t]);
    }
    (first + second).store(sum);
}

template <class Arch>
void weighted_dot(std::size_t count, const LaneRow* weight, const LaneRow* x, const LaneRow* y,
                  LaneRow& sum) {
    using V = Lanes<Arch>;
    V first(sum), second;
    std::size_t t = 0;
    for (; t + 1 < count; t += 2) {
        first += V(weight[t]) * V(x[t]) * V(y[t]);
        second += V(weight[t + 1]) * V(x[t + 1]) * V(y[t + 1]);
    }
    if (t < count) {
        first += V(weight[t]) * V(x[t]) * V(y[t]);
    }
    (first + second).store(sum);
}

template <class Arch>
void add_scaled(std::size_t count, const LaneRow& factor, const LaneRow* x, LaneRow* y) {
    using V = Lanes<Arch>;
    const V f(factor);
    for (std::size_t t = 0; t < count; ++t) {
        (V(y[t]) + f * V(x[t])).store(y[t]);
    }
}

template <class Arch>
std::size_t rows_above(std::size_t count, const LaneRow* x, double limit) {
    using V = Lanes<Arch>;
    for (; count > 0; --count) {
        const V value(x[count - 1]);
        LaneRow row;
        max(value, -value).store(row);
        for (const double size : row.lane) {
            if (size > limit) {
                return count;
            }
        }
    }
    return 0;
}

} // namespace timeloom::detail::presample_kernels
