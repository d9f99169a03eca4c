// What solving for the presample and differentiating it share; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/presample.hpp"

#include <algorithm>

namespace timeloom::detail::presample_kernels {

/// The numbers of one Presample, eight lanes at a time.
template <class Arch>
struct PresampleLoops {
    using V = Lanes<Arch>;
    Presample& s;
    const int p = s.p, q = s.q, n = s.rows();
    const int first = s.dense ? q : 0; ///< row of the first column in the factor

    explicit PresampleLoops(Presample& presample) : s(presample) {}

    LaneRow& matrix(LaneRow* m, int row, int column) const { return m[row * n + column]; }
    LaneRow* of_column(LaneRow* rows, int column, int width) const { return rows + column * width; }

    /// x = y / θ over the first p values.
    void divide(const LaneRow* y, LaneRow* x) const {
        for (int t = 0; t < p; ++t) {
            V sum(y[t]);
            for (const int j : s.ma_lags) {
                if (j > t) {
                    break;
                }
                sum -= V(s.c[j]) * V(x[t - j]);
            }
            sum.store(x[t]);
        }
    }

    /// A x of v's unit vector i, at row k.
    V hankel(int k, int i) const { return k + i < p ? V(s.shifted_start[k + i]) : V(); }

    /// Product of column k with v's unit vector i.
    V cross_product(int k, int i) const {
        V sum;
        for (int row = 0; row + i < p; ++row) {
            sum += V(s.ar_start[k * p + row]) * hankel(row, i);
        }
        return V(s.correlation[k * q + i]) - sum;
    }

    /// b = A x. Row k (from 0) has the taps a[k+1..p].
    void multiply_hankel(const LaneRow* x, LaneRow* b) const {
        for (int k = 0; k < p; ++k) {
            V sum;
            for (const int l : s.ar_lags) {
                if (l > k) {
                    sum += V(s.a[l]) * V(x[l - k - 1]);
                }
            }
            sum.store(b[k]);
        }
    }

    /// Adds what a cotangent of b = A (y/θ) contributes to the gradients with respect to a and c.
    void flow_back_start(const LaneRow* b_source, const LaneRow* x) const {
        for (const int l : s.ar_lags) {
            V sum(s.a_gradient[l]);
            for (int m = 0; m < l; ++m) {
                sum += V(b_source[l - 1 - m]) * V(x[m]);
            }
            sum.store(s.a_gradient[l]);
        }
        multiply_hankel(b_source, s.scratch); // A is symmetric
        flow_back_division(s.scratch, x);
    }

    /// b_source is a cotangent of b = A (1/θ).
    void flow_back_shifted_start(const LaneRow* b_source) const { flow_back_start(b_source, s.impulse); }

    /// Turns the cotangent of x = y/θ into the gradient with respect to c; destroys it.
    void flow_back_division(LaneRow* x_source, const LaneRow* x) const {
        for (int t = p - 1; t >= 0; --t) {
            V sum(x_source[t]);
            for (const int j : s.ma_lags) {
                if (t + j >= p) {
                    break;
                }
                sum -= V(s.c[j]) * V(x_source[t + j]);
            }
            sum.store(x_source[t]);
        }
        for (const int j : s.ma_lags) {
            if (j >= p) {
                break;
            }
            V sum(s.c_gradient[j]);
            for (int t = j; t < p; ++t) {
                sum -= V(x_source[t]) * V(x[t - j]);
            }
            sum.store(s.c_gradient[j]);
        }
    }
};

} // namespace timeloom::detail::presample_kernels
