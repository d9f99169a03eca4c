// The presample's block of the normal matrix in O(q²): it is nearly a Toeplitz matrix.
//
// M without its shift by one row and column is g g' + b b' - h h' - t t': g is M's first column over the root
// of its first entry, h is g without that entry, b and t are the values of A x and the last values of ρ, one
// row down. Schur's algorithm turns these four vectors by rotations, of which one is hyperbolic, so that one
// of them becomes a column of M = LL', and shifts it by a row (Kailath and Sayed 1995). The same rotations
// over the identity below M give the columns of L'⁻¹, and are left with four vectors of which M⁻¹ consists:
// M⁻¹ = Σ ± L(γ) L(γ)', L(γ) the lower triangular Toeplitz matrix that begins with γ.
#pragma once

#include "timeloom/runtime/arima/lanes/lagged_products.hpp"
#include "timeloom/runtime/arima/lanes/presample_loops.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace timeloom::detail::presample_kernels {

template <class Arch>
class PresampleSchur : PresampleLoops<Arch> {
  public:
    using Loops = PresampleLoops<Arch>;
    using Loops::Loops;
    using V = typename Loops::V;
    using Products = LaggedProducts<Arch>;

    /// log|M|; whitens each column's products with v.
    V factorise(V& digits) const {
        s.has_tail = !has_died_out(s.tail);
        set_generators();
        V log_determinant;
        with_parts([&]<bool ar, bool tail>() { log_determinant = eliminate<ar, tail>(digits); });
        return log_determinant;
    }

    /// v given the columns' coefficients, `eliminated`, and the generators of M⁻¹.
    void invert() const {
        for (int i = 0; i < q; ++i) {
            V sum(s.whitened[i]);
            for (int k = 1; k < s.columns; ++k) {
                sum += V(s.solution[q + k - 1]) * V(s.whitened[k * q + i]);
            }
            sum.store(s.integrated[i]);
        }
        with_parts([&]<bool ar, bool tail>() { eliminate_identity<ar, tail>(); });
    }

    /// ½ tr(W dM): ∂f/∂covariance, ∂f/∂tail, and ∂f/∂b behind the first rows of the scratch.
    void sources() const {
        sums_of_diagonals();
        LaneRow* b_source = s.scratch + p;
        for (int t = 0; t < p; ++t) {
            V().store(b_source[t]);
        }
        for (int k = 0; k < q; ++k) {
            V().store(s.tail_source[k]);
        }
        add_shifted_inverse(1.0, s.shifted_start, std::min(p, q), b_source);
        if (s.has_tail) {
            add_shifted_inverse(-1.0, s.tail, q, s.tail_source);
        }
        for (int k = 0; k < s.missing; ++k) {
            const LaneRow* x = of_column(s.eliminated, k, q);
            Products::add_lagged(V(-1.0), x, of_column(s.cross_source, k, q), q, s.covariance_source);
        }
        halve_diagonal();
        flow_back_first_column(b_source);
    }

  private:
    using Loops::cross_product;
    using Loops::of_column;
    using Loops::p;
    using Loops::q;
    using Loops::s;

    /// Rotations of (g, b) and (h, t), which take b and t out of a row, then of (g, h), which takes out h.
    struct Rotations {
        V cos_ar, sin_ar, cos_tail, sin_tail, ratio, root, reciprocal;
    };
    static constexpr int numbers = 7;

    template <class F>
    void with_parts(const F& f) const {
        if (p > 0) {
            s.has_tail ? f.template operator()<true, true>() : f.template operator()<true, false>();
        } else {
            s.has_tail ? f.template operator()<false, true>() : f.template operator()<false, false>();
        }
    }

    /// Whether the products of all entries are less than rounding beside the 1 that ρ begins with.
    bool has_died_out(const LaneRow* response) const {
        for (int i = 0; i < q; ++i) {
            for (const double value : response[i].lane) {
                if (std::abs(value) > 1e-10) {
                    return false;
                }
            }
        }
        return true;
    }

    LaneRow* generator(int i) const { return s.generators + i * (q + 1); }

    void set_generators() const {
        for (int j = 0; j < q; ++j) {
            V sum(s.covariance[j]);
            for (int k = 0; k + j < p; ++k) {
                sum -= V(s.shifted_start[k]) * V(s.shifted_start[k + j]);
            }
            sum.store(s.first_column[j]);
        }
        const V reciprocal = V(1.0) / sqrt(V(s.first_column[0]));
        LaneRow *g = generator(0), *b = generator(1), *h = generator(2), *t = generator(3);
        for (int i = 0; i < q; ++i) {
            const V value = V(s.first_column[i]) * reciprocal;
            value.store(g[i]);
            (i == 0 ? V() : value).store(h[i]);
            (i == 0 || i > p ? V() : V(s.shifted_start[i - 1])).store(b[i]);
            (i == 0 ? V() : V(s.tail[i - 1])).store(t[i]);
        }
        for (int k = 0; k < s.columns; ++k) {
            for (int i = 0; i < q; ++i) {
                cross_product(k, i).store(s.whitened[k * q + i]);
            }
        }
    }

    /// Turns (x, y) into (r, 0).
    static V turn(const V& x, const V& y, V& cosine, V& sine) {
        const V square = x * x + y * y;
        const V r = sqrt(square);
        cosine = where_positive(square, x / r, V(1.0));
        sine = where_positive(square, y / r, V(0.0));
        return r;
    }

    template <bool ar, bool tail>
    static void rotate(const Rotations& o, LaneRow& g_row, LaneRow& b_row, LaneRow& h_row, LaneRow& t_row,
                       V& g) {
        V h(h_row);
        g = V(g_row);
        if constexpr (ar) {
            const V b(b_row);
            (o.cos_ar * b - o.sin_ar * g).store(b_row);
            g = o.cos_ar * g + o.sin_ar * b;
        }
        if constexpr (tail) {
            const V t(t_row);
            (o.cos_tail * t - o.sin_tail * h).store(t_row);
            h = o.cos_tail * h + o.sin_tail * t;
        }
        g = (g - o.ratio * h) * o.reciprocal;
        g.store(g_row);
        (o.root * h - o.ratio * g).store(h_row);
    }

    /// After k steps the entry i of g, which is shifted, lies in row i - k.
    template <bool ar, bool tail>
    V eliminate(V& digits) const {
        LaneRow *g = generator(0), *b = generator(1), *h = generator(2), *t = generator(3);
        V log_determinant;
        for (int k = 0; k < q; ++k) {
            Rotations o;
            V x(g[0]), y(h[k]);
            if constexpr (ar) {
                x = turn(x, V(b[k]), o.cos_ar, o.sin_ar);
            }
            if constexpr (tail) {
                y = turn(y, V(t[k]), o.cos_tail, o.sin_tail);
            }
            const V square = (x - y) * (x + y);
            const V pivot = sqrt(square);
            o.ratio = y / x;
            o.root = pivot / x;
            o.reciprocal = x / pivot;
            keep(o, k);
            digits = min(digits, square / V(s.covariance[0]));
            log_determinant += log(square);
            pivot.store(g[0]);
            const int count = q - k;
            LaneRow *b_rows = b + k, *h_rows = h + k, *t_rows = t + k;
            for (int i = 1; i < count; ++i) {
                V column;
                rotate<ar, tail>(o, g[i], b_rows[i], h_rows[i], t_rows[i], column);
            }
            whiten(k, V(1.0) / pivot, g);
        }
        return log_determinant;
    }

    /// Takes column k of L out of the columns' products.
    void whiten(int k, const V& reciprocal, const LaneRow* column) const {
        for (int c = 0; c < s.columns; ++c) {
            LaneRow* r = of_column(s.whitened, c, q) + k;
            const V value = V(r[0]) * reciprocal;
            value.store(r[0]);
            for (int i = 1; i < q - k; ++i) {
                (V(r[i]) - value * V(column[i])).store(r[i]);
            }
        }
    }

    /// After k steps the entry i of g lies in row q - k + i, of the others in row i; all have k + 1 entries.
    template <bool ar, bool tail>
    void eliminate_identity() const {
        LaneRow *g = generator(0), *b = generator(1), *h = generator(2), *t = generator(3);
        std::fill_n(s.generators, 4 * (q + 1), LaneRow{});
        (V(1.0) / sqrt(V(s.first_column[0]))).store(g[q]);
        h[0] = g[q];
        std::fill_n(s.solution, q, LaneRow{});
        std::fill_n(s.eliminated, s.missing * q, LaneRow{});
        for (int k = 0; k < q; ++k) {
            const Rotations o = kept(k);
            const V y(s.integrated[k]);
            LaneRow* g_rows = g + (q - k);
            for (int i = 0; i <= k; ++i) {
                V column; // k of L'⁻¹
                rotate<ar, tail>(o, g_rows[i], b[i], h[i], t[i], column);
                (V(s.solution[i]) - y * column).store(s.solution[i]);
            }
            for (int m = 0; m < s.missing; ++m) {
                const V value(s.whitened[(m + 1) * q + k]);
                LaneRow* x = of_column(s.eliminated, m, q);
                for (int i = 0; i <= k; ++i) {
                    (V(x[i]) + value * V(g_rows[i])).store(x[i]);
                }
            }
        }
    }

    void keep(const Rotations& o, int k) const {
        LaneRow* to = s.rotations + numbers * k;
        for (const V* value :
             {&o.cos_ar, &o.sin_ar, &o.cos_tail, &o.sin_tail, &o.ratio, &o.root, &o.reciprocal}) {
            value->store(*to++);
        }
    }
    Rotations kept(int k) const {
        const LaneRow* from = s.rotations + numbers * k;
        return {from[0], from[1], from[2], from[3], from[4], from[5], from[6]};
    }

    /// M⁻¹ = Σ sign L(γ) L(γ)'.
    static constexpr double signs[] = {-1.0, -1.0, 1.0, 1.0};
    template <class F>
    void for_each_generator(const F& f) const {
        for (int i = 0; i < 4; ++i) {
            if ((i != 1 || p > 0) && (i != 3 || s.has_tail)) {
                f(generator(i), V(signs[i]));
            }
        }
    }

    /// covariance_source[l] = Σ_i M⁻¹[i + l][i].
    void sums_of_diagonals() const {
        for (int l = 0; l < q; ++l) {
            V().store(s.covariance_source[l]);
        }
        LaneRow* weighted = s.integrated;
        for_each_generator([&](const LaneRow* g, const V& sign) {
            for (int j = 0; j < q; ++j) { // how many diagonal elements the product with it is part of
                (V(static_cast<double>(q - j)) * V(g[j])).store(weighted[j]);
            }
            Products::add_lagged(sign, weighted, g, q, s.covariance_source);
        });
    }

    /// out += factor U x, with U[k][k'] = Σ_{d ≥ 1} M⁻¹[k + d][k' + d], for the first `count` entries of x
    /// and out: the sum over the whole diagonal less that up to k. `covariance_source` has the former, the
    /// latter is Σ sign L(γ) diag(1, 2, …) L(γ)'.
    void add_shifted_inverse(double factor, const LaneRow* x, int count, LaneRow* out) const {
        Products::in_fours(count, [&]<int together>(int k) {
            Products::template add_toeplitz<together>(s.covariance_source, factor, x, count, k, out);
        });
        LaneRow* products = s.integrated;
        for_each_generator([&](const LaneRow* g, const V& sign) {
            Products::in_fours(count, [&]<int together>(int j) {
                Products::template multiply_transposed<together>(g, sign * V(factor), x, count, j, products);
            });
            Products::in_fours(count, [&]<int together>(int k) {
                Products::template subtract_product<together>(g, products, k, out);
            });
        });
        for (int m = 0; m < s.missing; ++m) {
            add_shifted_missing(factor, m, x, count, out);
        }
    }

    /// The same for what a missing value adds to the inverse, -(eliminated)(cross source)'.
    void add_shifted_missing(double factor, int m, const LaneRow* x, int count, LaneRow* out) const {
        const LaneRow *left = of_column(s.eliminated, m, q), *right = of_column(s.cross_source, m, q);
        LaneRow* products = s.integrated;
        for (int d = 1; d < q; ++d) {
            V sum;
            for (int i = 0; i < count && i + d < q; ++i) {
                sum += V(right[i + d]) * V(x[i]);
            }
            (sum * V(factor)).store(products[d]);
        }
        for (int k = 0; k < count; ++k) {
            V sum;
            for (int d = 1; k + d < q; ++d) {
                sum += V(left[k + d]) * V(products[d]);
            }
            (V(out[k]) - sum).store(out[k]);
        }
    }

    /// An entry off the diagonal stands in M twice.
    void halve_diagonal() const { (V(0.5) * V(s.covariance_source[0])).store(s.covariance_source[0]); }

    /// M's first column is the covariance less Σ_k b[k] b[k + j].
    void flow_back_first_column(LaneRow* b_source) const {
        for (int k = 0; k < p; ++k) {
            V sum(b_source[k]);
            for (int j = 0; j < q; ++j) {
                if (k + j < p) {
                    sum -= V(s.covariance_source[j]) * V(s.shifted_start[k + j]);
                }
                if (k >= j) {
                    sum -= V(s.covariance_source[j]) * V(s.shifted_start[k - j]);
                }
            }
            sum.store(b_source[k]);
        }
    }
};

} // namespace timeloom::detail::presample_kernels
