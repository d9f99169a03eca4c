// Solves for the presample, missing values and regressors.
#pragma once

#include "timeloom/runtime/arima/presample_loops.hpp"

#include <algorithm>

namespace timeloom::presample_kernels {

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
        normal_matrix();
        V digits = digits_of_ar();
        const V log_determinant = factorise(q + s.missing, digits);
        solve_unknowns(digits);
        digits.store(*s.digits);
        (log_determinant + of_ar).store(*s.log_determinant);
    }

  private:
    using Loops::divide;
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
        for (int i = 0; i < q && s.unit_products != nullptr; ++i) {
            for (int j = 0; j <= i; ++j) {
                V(s.unit_products[i * q + j]).store(matrix(s.factor, i, j));
            }
        }
        for (int i = 0; i < q && s.unit_products == nullptr; ++i) {
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
        const V gram(s.gram[k * s.columns + l]);
        if (q == 0) { // a sum of squares, in which nothing cancels
            return gram +
                   start_product(of_column(s.start_errors, k, p), 1, of_column(s.start_errors, l, p), 1);
        }
        return gram - start_product(of_column(s.ar_start, k, p), 1, of_column(s.ar_start, l, p), 1);
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
                        const int k = j - q + 1;
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
        if (q > 0) {
            digits = min(digits, squares / V(s.gram[0]));
        }
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

} // namespace timeloom::presample_kernels
