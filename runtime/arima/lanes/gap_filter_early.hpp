// Missing values among those that differencing loses; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_rows.hpp"
#include "timeloom/runtime/arima/lanes/row_loops.hpp"

namespace timeloom::detail::presample_kernels {

/// Their columns E, r of them, have the normal matrix M = Σ E E'/F before the step `joined`, and add V to x
/// from then on. There the other columns take what is best for them, and c gains V M⁻¹ V'.
template <class Arch>
class EarlyGaps : GapRows<Arch> {
  public:
    using Rows = GapRows<Arch>;
    using V = typename Rows::V;
    using Rows::Rows;

    void start() {
        std::fill_n(s.products, r * r, LaneRow{});
        summed_ = 0;
    }

    /// Before step t: true if they joined, as they do where most digits of M's factor are left, or must.
    bool join(int t, bool must) {
        sum_products(t);
        V digits;
        const V log_determinant = factorise(digits);
        if (!must && !is_enough(digits)) {
            return false;
        }
        s.joined = t;
        min(V(*s.digits), digits).store(*s.digits);
        (V(*s.log_determinant) + log_determinant).store(*s.log_determinant);
        invert();
        find_effects();
        for (int column = 0; column < s.columns(); ++column) {
            if (column == 0 || column > r) {
                fill(column);
            }
        }
        raise_covariances();
        return true;
    }

    /// The way back, where the flows of the series and the ring of ∂f/∂c have come to `joined`.
    void flow_back() {
        const LaneRow* flows = s.column_flows(0) + s.joined - 1;
        LaneRow *of_values = s.scratch, *of_effects = s.scratch + s.width;
        for (int u = 0; u < r; ++u) {
            dot_of(flows, effect(u)).store(of_values[u]);
        }
        for (int u = 0; u < r; ++u) {
            V sum;
            for (int v = 0; v < r; ++v) {
                sum -= V(s.inverse[u * r + v]) * V(of_values[v]);
            }
            sum.store(s.early_moves[u]);
        }
        for (int u = 0; u < r; ++u) {
            Rows::multiply(s.joined - 1, combined(u), of_effects);
            std::copy_n(of_effects + 1, m, s.column_flows(1 + u) + s.joined);
        }
        for (int u = 0; u < r; ++u) {
            for (int v = 0; v <= u; ++v) {
                const V change = dot_of(s.column_flows(1 + u) + s.joined - 1, combined(v));
                (V(s.inverse[u * r + v]) - change).store(s.inverse[u * r + v]);
                s.inverse[v * r + u] = s.inverse[u * r + v];
            }
        }
    }

  private:
    static constexpr double fewest_digits = 1e-3;
    using Rows::gap_mask;
    using Rows::m;
    using Rows::s;

    LaneRow* effect(int u) const { return s.early_effects + u * s.width; }
    LaneRow* combined(int u) const { return s.early_combined + u * s.width; }
    V dot_of(const LaneRow* x, const LaneRow* y) const {
        V sum;
        for (int a = 1; a <= m; ++a) {
            sum += V(x[a]) * V(y[a]);
        }
        return sum;
    }
    V product(int x, int y, int from, int to) const {
        LaneRow sum{};
        weighted_dot<Arch>(static_cast<std::size_t>(to - from), s.weights + from, s.column_errors(x) + from,
                           s.column_errors(y) + from, sum);
        return V(sum);
    }

    bool is_enough(const V& digits) const {
        LaneRow row;
        digits.store(row);
        for (std::size_t l = 0; l < plan::series_lanes; ++l) {
            if ((s.in_use >> l & 1) != 0 && !(row[l] > fewest_digits)) {
                return false;
            }
        }
        return true;
    }

    void sum_products(int t) {
        for (int u = 0; u < r; ++u) {
            for (int v = 0; v <= u; ++v) {
                LaneRow& sum = s.products[u * r + v];
                (V(sum) + product(1 + u, 1 + v, summed_, t)).store(sum);
            }
        }
        summed_ = t;
    }

    /// log|M|; the least share that is left of a pivot.
    V factorise(V& digits) {
        V log_determinant;
        digits = V(1.0);
        for (int i = 0; i < r; ++i) {
            for (int j = 0; j <= i; ++j) {
                V sum(s.products[i * r + j]);
                for (int k = 0; k < j; ++k) {
                    sum -= V(s.factor[i * r + k]) * V(s.factor[j * r + k]);
                }
                if (j < i) {
                    (sum * V(s.factor[j * r + j])).store(s.factor[i * r + j]);
                    continue;
                }
                const V whole(s.products[i * r + i]);
                digits = min(digits, where_positive(whole, sum / whole, V()));
                log_determinant += log(sum);
                (V(1.0) / sqrt(sum)).store(s.factor[i * r + i]);
            }
        }
        return log_determinant;
    }

    /// L⁻¹ x in place, M = LL'; and L'⁻¹ x. Entries of x lie `stride` rows apart.
    void solve_down(LaneRow* x, int stride) const {
        for (int i = 0; i < r; ++i) {
            V sum(x[i * stride]);
            for (int k = 0; k < i; ++k) {
                sum -= V(s.factor[i * r + k]) * V(x[k * stride]);
            }
            (sum * V(s.factor[i * r + i])).store(x[i * stride]);
        }
    }
    void solve_up(LaneRow* x, int stride) const {
        for (int i = r - 1; i >= 0; --i) {
            V sum(x[i * stride]);
            for (int k = i + 1; k < r; ++k) {
                sum -= V(s.factor[k * r + i]) * V(x[k * stride]);
            }
            (sum * V(s.factor[i * r + i])).store(x[i * stride]);
        }
    }

    void invert() {
        for (int u = 0; u < r; ++u) {
            for (int v = 0; v < r; ++v) {
                V(u == v ? 1.0 : 0.0).store(s.inverse[u * r + v]);
            }
            solve_down(s.inverse + u * r, 1);
            solve_up(s.inverse + u * r, 1);
        }
    }

    void find_effects() {
        for (int u = 0; u < r; ++u) {
            const LaneRow* e = s.column_errors(1 + u);
            for (int a = 1; a <= m; ++a) {
                V sum;
                const int to = s.joined - 1 + a;
                for (int t = std::max(0, to - m); t < s.joined; ++t) {
                    const V gain = V(s.in_ring(s.gains, to)[to - t]) + gap_mask(t) * V(s.alpha[to - t]);
                    sum -= gain * V(e[t]);
                }
                sum.store(effect(u)[a]);
            }
        }
    }

    /// A column takes what is best for it before `joined`.
    void fill(int column) {
        LaneRow* z = s.early_values + column * r;
        for (int u = 0; u < r; ++u) {
            (-product(1 + u, column, 0, s.joined)).store(z[u]);
        }
        solve_down(z, 1);
        solve_up(z, 1);
        for (int u = 0; u < r; ++u) {
            add_scaled<Arch>(static_cast<std::size_t>(s.joined), z[u], s.column_errors(1 + u),
                             s.column_errors(column));
        }
    }

    void raise_covariances() {
        std::copy_n(s.early_effects, r * s.width, s.early_combined);
        for (int a = 1; a <= m; ++a) {
            solve_down(s.early_combined + a, s.width);
        }
        for (int b = 1; b <= m; ++b) {
            LaneRow* row = s.in_ring(s.ring, s.joined - 1 + b);
            for (int a = b; a <= m; ++a) {
                V sum(row[a - b]);
                for (int u = 0; u < r; ++u) {
                    sum += V(combined(u)[a]) * V(combined(u)[b]);
                }
                sum.store(row[a - b]);
            }
        }
        for (int a = 1; a <= m; ++a) {
            solve_up(s.early_combined + a, s.width);
        }
    }

    const int r = s.early;
    int summed_ = 0; ///< steps that are in the products
};

} // namespace timeloom::detail::presample_kernels
