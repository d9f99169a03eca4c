// What solving for the presample and differentiating it share; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/presample.hpp"

#include <algorithm>

namespace timeloom::presample_kernels {

/// The numbers of one Presample, eight lanes at a time.
template <class Arch>
struct PresampleLoops {
    using V = Lanes<Arch>;
    Presample& s;
    const int p = s.p, q = s.q, n = s.unknowns();

    explicit PresampleLoops(Presample& presample) : s(presample) {}

    LaneRow& matrix(LaneRow* m, int row, int column) const { return m[row * n + column]; }
    LaneRow* of_column(LaneRow* rows, int column, int width) const { return rows + column * width; }

    /// x = y / θ over the first p values.
    void divide(const LaneRow* y, LaneRow* x) const {
        for (int t = 0; t < p; ++t) {
            V sum(y[t]);
            for (int j = 1; j <= std::min(q, t); ++j) {
                sum -= V(s.c[j]) * V(x[t - j]);
            }
            sum.store(x[t]);
        }
    }

    /// b = A x. Row k (from 0) has the taps a[k+1..p].
    void multiply_hankel(const LaneRow* x, LaneRow* b) const {
        for (int k = 0; k < p; ++k) {
            V sum;
            for (int m = 0; k + m < p; ++m) {
                sum += V(s.a[k + m + 1]) * V(x[m]);
            }
            sum.store(b[k]);
        }
    }

    /// Adds what a cotangent of b = A (y/θ) contributes to the gradients with respect to a and c.
    void flow_back_start(const LaneRow* b_source, const LaneRow* x) const {
        for (int l = 1; l <= p; ++l) {
            V sum(s.a_gradient[l]);
            for (int m = 0; m < l; ++m) {
                sum += V(b_source[l - 1 - m]) * V(x[m]);
            }
            sum.store(s.a_gradient[l]);
        }
        multiply_hankel(b_source, s.scratch); // A is symmetric
        flow_back_division(s.scratch, x);
    }

    /// Turns the cotangent of x = y/θ into the gradient with respect to c; destroys it.
    void flow_back_division(LaneRow* x_source, const LaneRow* x) const {
        for (int t = p - 1; t >= 0; --t) {
            V sum(x_source[t]);
            for (int j = 1; j <= q && t + j < p; ++j) {
                sum -= V(s.c[j]) * V(x_source[t + j]);
            }
            sum.store(x_source[t]);
        }
        for (int j = 1; j <= std::min(q, p - 1); ++j) {
            V sum(s.c_gradient[j]);
            for (int t = j; t < p; ++t) {
                sum -= V(x_source[t]) * V(x[t - j]);
            }
            sum.store(s.c_gradient[j]);
        }
    }
};

} // namespace timeloom::presample_kernels
