// The loops of presample.hpp as templates over an xsimd architecture; included once per instruction set only.
#pragma once

#include "timeloom/runtime/arima/presample.hpp"

#include <algorithm>

namespace timeloom::presample_kernels {

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
void add_scaled(std::size_t count, const LaneRow& factor, const LaneRow* x, LaneRow* y) {
    using V = Lanes<Arch>;
    const V f(factor);
    for (std::size_t t = 0; t < count; ++t) {
        (V(y[t]) + f * V(x[t])).store(y[t]);
    }
}

template <class Arch>
bool any_above(std::size_t count, const LaneRow* x, double limit) {
    using V = Lanes<Arch>;
    V largest;
    for (std::size_t t = 0; t < count; ++t) {
        largest = max(largest, max(V(x[t]), -V(x[t])));
    }
    LaneRow row;
    largest.store(row);
    for (const double value : row.lane) {
        if (value > limit) {
            return true;
        }
    }
    return false;
}

/// The loops of one instruction set over the numbers of one Presample.
template <class Arch>
struct Loops {
    using V = Lanes<Arch>;
    Presample& s;
    const int p = s.p, q = s.q, n = s.unknowns();

    explicit Loops(Presample& presample) : s(presample) {}

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

    // ---- solve ----

    void starts_of_columns() const {
        for (int k = 0; k < s.columns; ++k) {
            divide(of_column(s.start, k, p), of_column(s.x_start, k, p));
            multiply_hankel(of_column(s.x_start, k, p), of_column(s.ar_start, k, p));
        }
    }

    /// 1/θ's impulse response, and A times its shifts: hankel[k][i] = Σ_m a[k+m+1] impulse[m-i].
    void starts_of_presample() const {
        for (int t = 0; t < p; ++t) {
            V sum(t == 0 ? 1.0 : 0.0);
            for (int j = 1; j <= std::min(q, t); ++j) {
                sum -= V(s.c[j]) * V(s.impulse[t - j]);
            }
            sum.store(s.impulse[t]);
        }
        for (int k = 0; k < p; ++k) {
            for (int i = 0; i < q; ++i) {
                V sum;
                for (int m = i; k + m < p; ++m) {
                    sum += V(s.a[k + m + 1]) * V(s.impulse[m - i]);
                }
                sum.store(s.hankel[k * q + i]);
            }
        }
    }

    V start_product(const LaneRow* left, int left_stride, const LaneRow* right, int right_stride) const {
        V sum;
        for (int k = 0; k < p; ++k) {
            sum += V(left[k * left_stride]) * V(right[k * right_stride]);
        }
        return sum;
    }

    /// Lower triangle of M.
    void normal_matrix() const {
        for (int i = 0; i < q; ++i) {
            V(s.covariance[i]).store(matrix(s.factor, i, 0));
            for (int j = 1; j <= i; ++j) {
                (V(matrix(s.factor, i - 1, j - 1)) - V(s.tail[i - 1]) * V(s.tail[j - 1]))
                    .store(matrix(s.factor, i, j));
            }
        }
        for (int i = 0; i < q && p > 0; ++i) {
            for (int j = 0; j <= i; ++j) {
                LaneRow& m = matrix(s.inverse, i, j); // the shifts above need M without this part
                (V(matrix(s.factor, i, j)) - start_product(s.hankel + i, q, s.hankel + j, q)).store(m);
            }
        }
        if (p > 0) {
            for (int i = 0; i < q; ++i) {
                for (int j = 0; j <= i; ++j) {
                    V(matrix(s.inverse, i, j)).store(matrix(s.factor, i, j));
                }
            }
        }
        for (int k = 1; k < s.columns; ++k) {
            for (int i = 0; i < q; ++i) {
                cross_product(k, i).store(matrix(s.factor, q + k - 1, i));
            }
            for (int l = 1; l <= k; ++l) {
                column_product(k, l).store(matrix(s.factor, q + k - 1, q + l - 1));
            }
        }
    }

    /// Products of column k with v's unit vector i, and with column l.
    V cross_product(int k, int i) const {
        return V(s.correlation[k * q + i]) - start_product(of_column(s.ar_start, k, p), 1, s.hankel + i, q);
    }
    V column_product(int k, int l) const {
        return V(s.gram[k * s.columns + l]) -
               start_product(of_column(s.ar_start, k, p), 1, of_column(s.ar_start, l, p), 1);
    }

    /// In place; the diagonal becomes its reciprocal. Returns Σ log of the squared first `counted` pivots.
    V factorise(int counted) const {
        V log_determinant;
        for (int j = 0; j < n; ++j) {
            for (int i = j; i < n; ++i) {
                V sum(matrix(s.factor, i, j));
                for (int k = 0; k < j; ++k) {
                    sum -= V(matrix(s.factor, i, k)) * V(matrix(s.factor, j, k));
                }
                if (i == j) {
                    if (j < counted) {
                        log_determinant += log(sum);
                    }
                    (V(1.0) / sqrt(sum)).store(matrix(s.factor, j, j));
                } else {
                    (sum * V(matrix(s.factor, j, j))).store(matrix(s.factor, i, j));
                }
            }
        }
        return log_determinant;
    }

    /// z = -M⁻¹ r and S = S₀ - r'M⁻¹r.
    void solve_unknowns() const {
        V squares = column_product(0, 0);
        for (int i = 0; i < n; ++i) {
            V sum = i < q ? cross_product(0, i) : column_product(0, i - q + 1);
            for (int k = 0; k < i; ++k) {
                sum -= V(matrix(s.factor, i, k)) * V(s.solution[k]);
            }
            sum = sum * V(matrix(s.factor, i, i));
            squares -= sum * sum;
            sum.store(s.solution[i]);
        }
        squares.store(*s.sum_of_squares);
        for (int i = n - 1; i >= 0; --i) {
            V sum(s.solution[i]);
            for (int k = i + 1; k < n; ++k) {
                sum -= V(matrix(s.factor, k, i)) * V(s.solution[k]);
            }
            (sum * V(matrix(s.factor, i, i))).store(s.solution[i]);
        }
        for (int i = 0; i < n; ++i) {
            (-V(s.solution[i])).store(s.solution[i]);
        }
    }

    /// log|Σ_p| = -Σ_k k log(1 - κ_k²) by Durbin and Levinson's recursion run downwards; row k - 1 of
    /// step_down keeps the coefficients of order k.
    V log_determinant_of_ar() const {
        V log_determinant;
        for (int i = 0; i < p; ++i) {
            (-V(s.a[i + 1])).store(s.step_down[(p - 1) * p + i]);
        }
        for (int k = p; k >= 1; --k) {
            const LaneRow* f = s.step_down + (k - 1) * p;
            const V kappa(f[k - 1]);
            const V left = V(1.0) - kappa * kappa;
            log_determinant -= V(static_cast<double>(k)) * log(left);
            const V reciprocal = V(1.0) / left;
            for (int i = 0; i + 1 < k; ++i) {
                ((V(f[i]) + kappa * V(f[k - 2 - i])) * reciprocal).store(s.step_down[(k - 2) * p + i]);
            }
        }
        return log_determinant;
    }

    void solve() const {
        starts_of_columns();
        starts_of_presample();
        normal_matrix();
        const V log_determinant = factorise(q + s.missing);
        solve_unknowns();
        (log_determinant + log_determinant_of_ar()).store(*s.log_determinant);
    }

    // ---- gradient ----

    /// W = M⁻¹ of v and the missing values, lower triangle, into `inverse`.
    void invert(int size) const {
        // L⁻¹ below the diagonal of `inverse`, then W = L⁻ᵀL⁻¹ row by row, where nothing below is needed.
        for (int j = 0; j < size; ++j) {
            matrix(s.inverse, j, j) = matrix(s.factor, j, j);
            for (int i = j + 1; i < size; ++i) {
                V sum;
                for (int k = j; k < i; ++k) {
                    sum -= V(matrix(s.factor, i, k)) * V(matrix(s.inverse, k, j));
                }
                (sum * V(matrix(s.factor, i, i))).store(matrix(s.inverse, i, j));
            }
        }
        for (int i = 0; i < size; ++i) {
            for (int j = 0; j <= i; ++j) {
                V sum;
                for (int k = i; k < size; ++k) {
                    sum += V(matrix(s.inverse, k, i)) * V(matrix(s.inverse, k, j));
                }
                sum.store(matrix(s.inverse, i, j));
            }
        }
    }

    V symmetric_inverse(int i, int j) const {
        return V(i >= j ? matrix(s.inverse, i, j) : matrix(s.inverse, j, i));
    }

    /// ½ tr(W dM) by diagonals: ∂f/∂covariance and, for the part that the shifts lose at the end, ∂f/∂tail.
    void sources_of_presample() const {
        for (int l = 0; l < q; ++l) {
            V sum;
            for (int i = 0; i + l < q; ++i) {
                sum += V(matrix(s.inverse, i + l, i));
            }
            (sum * V(l == 0 ? 0.5 : 1.0)).store(s.covariance_source[l]);
        }
        for (int k = 0; k < q; ++k) {
            V().store(s.tail_source[k]);
        }
        for (int l = 0; l < q; ++l) { // U[k][k+l] = Σ_{d ≥ 1} W[k+d][k+l+d]
            V suffix;
            for (int k = q - 2 - l; k >= 0; --k) {
                suffix += V(matrix(s.inverse, k + 1 + l, k + 1));
                (V(s.tail_source[k]) - suffix * V(s.tail[k + l])).store(s.tail_source[k]);
                if (l > 0) {
                    (V(s.tail_source[k + l]) - suffix * V(s.tail[k])).store(s.tail_source[k + l]);
                }
            }
        }
    }

    /// The presample's own A x: hankel_source = -hankel W, back through hankel[k][i] = Σ a[k+m+1]
    /// impulse[m-i].
    void flow_back_hankel() const {
        LaneRow* impulse_source = s.scratch + p;
        for (int t = 0; t < p; ++t) {
            V().store(impulse_source[t]);
        }
        for (int k = 0; k < p; ++k) {
            for (int i = 0; i < q && k + i < p; ++i) {
                V source;
                for (int j = 0; j < q && k + j < p; ++j) {
                    source -= V(s.hankel[k * q + j]) * symmetric_inverse(i, j);
                }
                for (int m = i; k + m < p; ++m) {
                    (V(s.a_gradient[k + m + 1]) + source * V(s.impulse[m - i]))
                        .store(s.a_gradient[k + m + 1]);
                    (V(impulse_source[m - i]) + source * V(s.a[k + m + 1])).store(impulse_source[m - i]);
                }
            }
        }
        flow_back_division(impulse_source, s.impulse);
    }

    /// Sources of the columns of missing values, and what their starts contribute.
    void sources_of_missing() const {
        for (int k = 0; k < s.missing; ++k) {
            for (int i = 0; i < q; ++i) {
                V(matrix(s.inverse, q + k, i)).store(s.cross_source[k * q + i]);
            }
            for (int l = 0; l < s.missing; ++l) {
                symmetric_inverse(q + k, q + l).store(s.missing_source[k * s.missing + l]);
            }
        }
        LaneRow* b_source = s.scratch + p;
        LaneRow* x = s.scratch + 2 * p;
        LaneRow* y = s.scratch + 3 * p;
        for (int k = 0; k < s.missing && p > 0; ++k) {
            // ∂f/∂b_k = -(Σ_l W_kl b_l + hankel W_vk)
            for (int row = 0; row < p; ++row) {
                V sum;
                for (int l = 0; l < s.missing; ++l) {
                    sum -= V(s.missing_source[k * s.missing + l]) * V(of_column(s.ar_start, l + 1, p)[row]);
                }
                for (int i = 0; i < q; ++i) {
                    sum -= V(s.cross_source[k * q + i]) * V(s.hankel[row * q + i]);
                }
                sum.store(b_source[row]);
            }
            flow_back_start(b_source, of_column(s.x_start, k + 1, p));
            // ∂f/∂(A x of v = W_vk) = -b_k
            for (int t = 0; t < p; ++t) {
                (t < q ? V(s.cross_source[k * q + t]) : V()).store(y[t]);
                (-V(of_column(s.ar_start, k + 1, p)[t])).store(b_source[t]);
            }
            divide(y, x);
            flow_back_start(b_source, x);
        }
    }

    /// S loses ‖A x‖² of the filled series.
    void flow_back_filled_start() const {
        LaneRow* b_source = s.scratch + p;
        LaneRow* x = s.scratch + 2 * p;
        divide(s.filled_start, x);
        multiply_hankel(x, b_source);
        for (int k = 0; k < p; ++k) {
            (V(-2.0) * V(*s.weight) * V(b_source[k])).store(b_source[k]);
        }
        flow_back_start(b_source, x);
    }

    /// ½ log|Σ_p| back through the recursion, upwards from order 1.
    void flow_back_log_determinant_of_ar() const {
        LaneRow* source = s.scratch;   // ∂f/∂(coefficients of order k - 1)
        LaneRow* next = s.scratch + p; // … of order k
        for (int k = 1; k <= p; ++k) {
            const LaneRow* f = s.step_down + (k - 1) * p;
            const LaneRow* lower = k > 1 ? f - p : f; // of order k - 1
            const V kappa(f[k - 1]);
            const V reciprocal = V(1.0) / (V(1.0) - kappa * kappa);
            V kappa_source = V(static_cast<double>(k)) * kappa * reciprocal;
            for (int i = 0; i + 1 < k; ++i) {
                // lower[i] = (f[i] + κ f[k-2-i]) / (1 - κ²)
                const V flow(source[i]);
                kappa_source += flow * reciprocal * (V(f[k - 2 - i]) + V(2.0) * kappa * V(lower[i]));
                ((flow + kappa * V(source[k - 2 - i])) * reciprocal).store(next[i]);
            }
            kappa_source.store(next[k - 1]);
            std::swap(source, next);
        }
        for (int i = 0; i < p; ++i) {
            (V(s.a_gradient[i + 1]) - V(source[i])).store(s.a_gradient[i + 1]);
        }
    }

    void gradient() const {
        for (int l = 0; l <= p; ++l) {
            V().store(s.a_gradient[l]);
        }
        for (int l = 0; l <= q; ++l) {
            V().store(s.c_gradient[l]);
        }
        flow_back_filled_start();
        flow_back_log_determinant_of_ar();
        invert(q + s.missing);
        sources_of_presample();
        flow_back_hankel();
        sources_of_missing();
    }
};

template <class Arch>
constexpr LaneTable table() {
    return {dot<Arch>, add_scaled<Arch>, any_above<Arch>, [](Presample& s) { Loops<Arch>(s).solve(); },
            [](Presample& s) { Loops<Arch>(s).gradient(); }};
}

} // namespace timeloom::presample_kernels
