// Products of rows with rows that are shifted: sums over lags, and Toeplitz matrices times vectors. Templates
// over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"

#include <cstdlib>

namespace timeloom::detail::presample_kernels {

template <class Arch>
struct LaggedProducts {
    using V = Lanes<Arch>;

    /// out[l] += sign Σ_j x[j + l] y[j], of `count` entries each.
    static void add_lagged(const V& sign, const LaneRow* x, const LaneRow* y, int count, LaneRow* out) {
        constexpr int together = 4;
        for (int l = 0; l < count; l += together) {
            V sums[together];
            int j = 0;
            for (; j + l + together <= count; ++j) {
                const V value(y[j]);
                for (int i = 0; i < together; ++i) {
                    sums[i] += V(x[j + l + i]) * value;
                }
            }
            for (; j + l < count; ++j) {
                for (int i = 0; j + l + i < count; ++i) {
                    sums[i] += V(x[j + l + i]) * V(y[j]);
                }
            }
            for (int i = 0; i < together && l + i < count; ++i) {
                (V(out[l + i]) + sign * sums[i]).store(out[l + i]);
            }
        }
    }

    /// Four sums at once do not wait for each other's additions.
    template <class F>
    static void in_fours(int count, const F& f) {
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            f.template operator()<4>(k);
        }
        for (; k < count; ++k) {
            f.template operator()<1>(k);
        }
    }

    /// out[k] += factor Σ_i diagonals[|k - i|] x[i], and the next entries.
    template <int together>
    static void add_toeplitz(const LaneRow* diagonals, double factor, const LaneRow* x, int count, int k,
                             LaneRow* out) {
        V sums[together];
        for (int i = 0; i < count; ++i) {
            const V value(x[i]);
            for (int m = 0; m < together; ++m) {
                sums[m] += V(diagonals[std::abs(k + m - i)]) * value;
            }
        }
        for (int m = 0; m < together; ++m) {
            (V(out[k + m]) + V(factor) * sums[m]).store(out[k + m]);
        }
    }

    /// out[j] = factor (j + 1) Σ_{i ≥ j} g[i - j] x[i], and the next entries.
    template <int together>
    static void multiply_transposed(const LaneRow* g, const V& factor, const LaneRow* x, int count, int j,
                                    LaneRow* out) {
        V sums[together];
        for (int m = 0; m < together; ++m) {
            for (int i = j + m; i < j + together - 1; ++i) {
                sums[m] += V(g[i - j - m]) * V(x[i]);
            }
        }
        for (int i = j + together - 1; i < count; ++i) {
            const V value(x[i]);
            for (int m = 0; m < together; ++m) {
                sums[m] += V(g[i - j - m]) * value;
            }
        }
        for (int m = 0; m < together; ++m) {
            (sums[m] * factor * V(static_cast<double>(j + m + 1))).store(out[j + m]);
        }
    }

    /// out[k] -= Σ_{j ≤ k} g[k - j] y[j], and the next entries.
    template <int together>
    static void subtract_product(const LaneRow* g, const LaneRow* y, int k, LaneRow* out) {
        V sums[together];
        for (int j = 0; j <= k; ++j) {
            const V value(y[j]);
            for (int m = 0; m < together; ++m) {
                sums[m] += V(g[k + m - j]) * value;
            }
        }
        for (int m = 0; m < together; ++m) {
            for (int j = k + 1; j <= k + m; ++j) {
                sums[m] += V(g[k + m - j]) * V(y[j]);
            }
            (V(out[k + m]) - sums[m]).store(out[k + m]);
        }
    }
};

} // namespace timeloom::detail::presample_kernels
