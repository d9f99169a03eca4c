// Solves for the presample, missing values and regressors.
#pragma once

#include "timeloom/runtime/arima/lanes/presample_schur.hpp"

#include <algorithm>

namespace timeloom::detail::presample_kernels {

/// Fills in solution, sum_of_squares and log_determinant.
template <class Arch>
class PresampleSolver : PresampleLoops<Arch> {
  public:
    using Loops = PresampleLoops<Arch>;
    using Loops::Loops;
    using V = typename Loops::V;

    void solve() const {
        starts_of_columns();
        starts_of_presample();
        const V of_ar = log_determinant_of_ar();
        if (q == 0) {
            starts_as_errors();
        }
        V digits = digits_of_ar();
        V log_determinant = of_ar;
        if (s.dense) {
            normal_matrix();
        } else {
            log_determinant += PresampleSchur<Arch>(s).factorise(digits);
        }
        matrix_of_columns();
        log_determinant += factorise(first + s.missing, digits);
        solve_unknowns(digits);
        digits.store(*s.digits);
        log_determinant.store(*s.log_determinant);
    }

    /// v, where solve() leaves it out.
    void estimate_presample() const {
        if (!s.dense) {
            PresampleSchur<Arch>(s).invert();
        }
    }

  private:
    using Loops::cross_product;
    using Loops::divide;
    using Loops::first;
    using Loops::hankel;
    using Loops::matrix;
    using Loops::multiply_hankel;
    using Loops::n;
    using Loops::of_column;
    using Loops::p;
    using Loops::q;
    using Loops::s;

    void starts_of_columns() const {
        for (int k = 0; k < s.columns; ++k) {
            divide(of_column(s.start, k, p), of_column(s.x_start, k, p));
            multiply_hankel(of_column(s.x_start, k, p), of_column(s.ar_start, k, p));
        }
    }

    /// 1/θ's impulse response, and A times it.
    void starts_of_presample() const {
        for (int t = 0; t < p; ++t) {
            V(t == 0 ? 1.0 : 0.0).store(s.scratch[t]);
        }
        divide(s.scratch, s.impulse);
        multiply_hankel(s.impulse, s.shifted_start);
    }

    V start_product(const LaneRow* left, const LaneRow* right) const {
        V sum;
        for (int k = 0; k < p; ++k) {
            sum += V(left[k]) * V(right[k]);
        }
        return sum;
    }

    V presample_start_product(int i, int j) const {
        V sum;
        for (int k = 0; k + std::max(i, j) < p; ++k) {
            sum += hankel(k, i) * hankel(k, j);
        }
        return sum;
    }

    /// Lower triangle of M, its rows of v.
    void normal_matrix() const {
        for (int i = 0; i < q; ++i) {
            V(s.covariance[i]).store(matrix(s.factor, i, 0));
            for (int j = 1; j <= i; ++j) {
                (V(matrix(s.factor, i - 1, j - 1)) - V(s.tail[i - 1]) * V(s.tail[j - 1]))
                    .store(matrix(s.factor, i, j));
            }
        }
        for (int i = q - 1; i >= 0 && p > 0; --i) { // the shifts above need M without this part
            for (int j = 0; j <= i; ++j) {
                LaneRow& m = matrix(s.factor, i, j);
                (V(m) - presample_start_product(i, j)).store(m);
            }
        }
    }

    /// The rows of the columns, less what v takes where it is solved for by itself.
    void matrix_of_columns() const {
        for (int k = 1; k < s.columns; ++k) {
            for (int i = 0; i < first; ++i) {
                cross_product(k, i).store(matrix(s.factor, first + k - 1, i));
            }
            for (int l = 1; l <= k; ++l) {
                reduced_product(k, l).store(matrix(s.factor, first + k - 1, first + l - 1));
            }
        }
    }

    V reduced_product(int k, int l) const {
        V product = column_product(k, l);
        for (int i = 0; i < q && !s.dense; ++i) {
            product -= V(s.whitened[k * q + i]) * V(s.whitened[l * q + i]);
        }
        return product;
    }

    /// Products of column k with column l.
    V column_product(int k, int l) const {
        const V gram(s.gram[k * s.columns + l]);
        if (q == 0) { // a sum of squares, in which nothing cancels
            return gram + start_product(of_column(s.start_errors, k, p), of_column(s.start_errors, l, p));
        }
        return gram - start_product(of_column(s.ar_start, k, p), of_column(s.ar_start, l, p));
    }

    /// κ of order k is found from the coefficients by dividing by Π (1 - κ²) of the orders above.
    V digits_of_ar() const {
        V product(1.0);
        for (int k = 0; k < p && p > 1; ++k) {
            const V kappa(s.step_down[k * p + k]);
            product = product * (V(1.0) - kappa) * (V(1.0) + kappa);
        }
        return V(100.0) * product;
    }

    /// Without a presample: each column's first p values less their predictions from those before, in units
    /// of the predictions' standard errors. The variances are Π 1/(1 - κ²) over the orders above.
    void starts_as_errors() const {
        V weight(1.0);
        for (int t = p - 1; t >= 0; --t) {
            const V kappa(s.step_down[t * p + t]); // of order t + 1
            weight = weight * sqrt((V(1.0) - kappa) * (V(1.0) + kappa));
            const LaneRow* predictor = t > 0 ? s.step_down + (t - 1) * p : nullptr; // from t values
            for (int k = 0; k < s.columns; ++k) {
                const LaneRow* x = of_column(s.start, k, p);
                V error(x[t]);
                for (int i = 0; i < t; ++i) {
                    error -= V(predictor[i]) * V(x[t - 1 - i]);
                }
                (error * weight).store(of_column(s.start_errors, k, p)[t]);
            }
        }
    }

    /// In place; the diagonal becomes its reciprocal. Returns Σ log of the squared first `counted` pivots.
    V factorise(int counted, V& digits) const {
        V log_determinant;
        for (int j = 0; j < n; ++j) {
            for (int i = j; i < n; ++i) {
                V sum(matrix(s.factor, i, j));
                for (int k = 0; k < j; ++k) {
                    sum -= V(matrix(s.factor, i, k)) * V(matrix(s.factor, j, k));
                }
                if (i == j) {
                    if (q > 0) {
                        const int k = j - first + 1;
                        digits = min(digits, sum / V(k < 1 ? s.covariance[0] : s.gram[k * s.columns + k]));
                    }
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
    void solve_unknowns(V& digits) const {
        LaneRow* z = s.solution + (q - first);
        V squares = reduced_product(0, 0);
        for (int i = 0; i < n; ++i) {
            V sum = i < first ? cross_product(0, i) : reduced_product(0, i - first + 1);
            for (int k = 0; k < i; ++k) {
                sum -= V(matrix(s.factor, i, k)) * V(z[k]);
            }
            sum = sum * V(matrix(s.factor, i, i));
            squares -= sum * sum;
            sum.store(z[i]);
        }
        squares.store(*s.sum_of_squares);
        if (q > 0) {
            digits = min(digits, squares / V(s.gram[0]));
        }
        for (int i = n - 1; i >= 0; --i) {
            V sum(z[i]);
            for (int k = i + 1; k < n; ++k) {
                sum -= V(matrix(s.factor, k, i)) * V(z[k]);
            }
            (sum * V(matrix(s.factor, i, i))).store(z[i]);
        }
        for (int i = 0; i < n; ++i) {
            (-V(z[i])).store(z[i]);
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
            const V left = (V(1.0) - kappa) * (V(1.0) + kappa);
            log_determinant -= V(static_cast<double>(k)) * log(left);
            const V reciprocal = V(1.0) / left;
            for (int i = 0; i + 1 < k; ++i) {
                ((V(f[i]) + kappa * V(f[k - 2 - i])) * reciprocal).store(s.step_down[(k - 2) * p + i]);
            }
        }
        return log_determinant;
    }
};

} // namespace timeloom::detail::presample_kernels
