// What the likelihood's small part contributes to the gradient.
#pragma once

#include "timeloom/runtime/arima/lanes/presample_schur.hpp"

#include <algorithm>

namespace timeloom::detail::presample_kernels {

/// Fills in the sources of the filters and the gradients with respect to the expanded polynomials.
template <class Arch>
class PresampleGradient : PresampleLoops<Arch> {
  public:
    using Loops = PresampleLoops<Arch>;
    using Loops::Loops;
    using V = typename Loops::V;

    void gradient() const {
        for (int l = 0; l <= p; ++l) {
            V().store(s.a_gradient[l]);
        }
        for (int l = 0; l <= q; ++l) {
            V().store(s.c_gradient[l]);
        }
        flow_back_filled_start();
        flow_back_log_determinant_of_ar();
        invert(first + s.missing);
        inverse_of_missing();
        if (s.dense) {
            sources_of_presample();
            flow_back_hankel();
        } else {
            PresampleSchur<Arch>(s).sources();
        }
        flow_back_shifted_start(s.scratch + p);
        sources_of_missing();
    }

  private:
    using Loops::divide;
    using Loops::first;
    using Loops::flow_back_shifted_start;
    using Loops::flow_back_start;
    using Loops::hankel;
    using Loops::matrix;
    using Loops::multiply_hankel;
    using Loops::n;
    using Loops::of_column;
    using Loops::p;
    using Loops::q;
    using Loops::s;

    /// W = M⁻¹ of v and the missing values, or its part of these, lower triangle, into `inverse`.
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

    /// The presample's own A x: ∂f/∂(A x) = -(A x) W, whose entry (k, i) is b's from k + i; ∂f/∂b is left
    /// behind the first rows of the scratch.
    void flow_back_hankel() const {
        LaneRow* b_source = s.scratch + p;
        for (int t = 0; t < p; ++t) {
            V().store(b_source[t]);
        }
        for (int k = 0; k < p; ++k) {
            for (int i = 0; i < q && k + i < p; ++i) {
                V source(b_source[k + i]);
                for (int j = 0; j < q && k + j < p; ++j) {
                    source -= hankel(k, j) * symmetric_inverse(i, j);
                }
                source.store(b_source[k + i]);
            }
        }
    }

    /// The rows of W that belong to missing values.
    void inverse_of_missing() const {
        for (int k = 0; k < s.missing; ++k) {
            for (int l = 0; l < s.missing; ++l) {
                symmetric_inverse(first + k, first + l).store(s.missing_source[k * s.missing + l]);
            }
            for (int i = 0; i < q; ++i) {
                V sum;
                if (s.dense) {
                    sum = V(matrix(s.inverse, q + k, i));
                } else {
                    for (int l = 0; l < s.missing; ++l) {
                        sum -= V(s.missing_source[k * s.missing + l]) * V(s.eliminated[l * q + i]);
                    }
                }
                sum.store(s.cross_source[k * q + i]);
            }
        }
    }

    /// What the starts of missing values' columns contribute.
    void sources_of_missing() const {
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
                for (int i = 0; i < q && row + i < p; ++i) {
                    sum -= V(s.cross_source[k * q + i]) * hankel(row, i);
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
};

} // namespace timeloom::detail::presample_kernels
