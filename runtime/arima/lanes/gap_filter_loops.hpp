// The filter over missing values; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter.hpp"

#include <algorithm>
#include <array>

namespace timeloom::detail::presample_kernels {

/// Row i has ones in the lanes whose bit of i is set.
inline constexpr auto lane_masks = [] {
    std::array<LaneRow, 1u << plan::series_lanes> masks{};
    for (std::size_t i = 0; i < masks.size(); ++i) {
        for (std::size_t l = 0; l < plan::series_lanes; ++l) {
            masks[i].lane[l] = (i >> l & 1) != 0 ? 1.0 : 0.0;
        }
    }
    return masks;
}();

/// What a step does to s and its covariance P: with a_i = P_{i+1,0},
///
///     s_i' = s_{i+1} - c_i s_0 - k_i x            x: the residual at a gap, else the error
///     P_ij' = P_{i+1,j+1} - a_i b_j - c_i h_j + g_i g_j
template <class Arch>
class GapSteps {
  public:
    using V = Lanes<Arch>;

    explicit GapSteps(GapFilter& filter) : s(filter) {
        for (int i = 0; i < m; ++i) {
            (V(s.alpha[i]) - V(s.theta[i])).store(gamma[i]);
        }
    }

    /// From the variances before step t.
    void set_gains(int t) {
        const LaneRow* p = s.variances + t * m;
        gap = V(lane_masks[s.missing[static_cast<std::size_t>(t)]]);
        there = V(1.0) - gap;
        const V first(p[0]);
        reciprocal = V(1.0) / (V(1.0) + first);
        const V scale = gap + there * reciprocal;
        for (int i = 0; i < m; ++i) {
            const V a = i + 1 < m ? V(p[i + 1]) : V();
            const V c_i = V(s.theta[i]) + gap * V(gamma[i]);
            const V h_i = (a - c_i * first) * scale;
            c_i.store(c[i]);
            h_i.store(h[i]);
            (c_i + there * h_i).store(b[i]);
            (gap * V(gamma[i])).store(g[i]);
            (gap * V(gamma[i]) + there * h_i).store(k[i]);
        }
    }

    GapFilter& s;
    const int m = s.order;
    V gap, there, reciprocal;
    LaneRow *gamma = s.gain(0), *c = s.gain(1), *h = s.gain(2), *b = s.gain(3), *g = s.gain(4),
            *k = s.gain(5);
};

template <class Arch>
class GapFilterLoops : GapSteps<Arch> {
  public:
    using Steps = GapSteps<Arch>;
    using V = typename Steps::V;
    using Steps::Steps;

    void filter() {
        start();
        for (int t = s.first; t < s.steps; ++t) {
            const bool gaps = s.missing[static_cast<std::size_t>(t)] != 0;
            if ((t - s.first) % check == 0) {
                look_for_rest(t);
            }
            at_rest_ = at_rest_ && !gaps;
            s.certain[static_cast<std::size_t>(t)] = at_rest_;
            for (int i = 0; i < m; ++i) {
                s.variances[t * m + i] = s.covariance[i * m];
            }
            set_gains(t);
            observe(t);
            for (int column = 0; column < s.columns(); ++column) {
                if (column < s.data_columns || t < s.unit_steps) {
                    move_column(t, column);
                }
            }
            if (!at_rest_ || gaps) {
                move_covariance(gaps);
            }
        }
        log_determinant_.store(*s.log_determinant);
    }

  private:
    static constexpr int check = 32;
    using Steps::b;
    using Steps::c;
    using Steps::g;
    using Steps::gap;
    using Steps::h;
    using Steps::k;
    using Steps::m;
    using Steps::reciprocal;
    using Steps::s;
    using Steps::set_gains;
    using Steps::there;

    /// Until the first gap errors are residuals.
    void start() {
        s.unit_steps = s.steps;
        s.certain.assign(static_cast<std::size_t>(s.steps), true);
        std::fill_n(s.covariance, m * m, LaneRow{});
        std::fill_n(s.state, s.columns() * m, LaneRow{});
        for (int column = 0; column < s.columns(); ++column) {
            std::copy_n(s.residuals[static_cast<std::size_t>(column)], s.first, s.column_errors(column));
        }
        for (int t = 0; t < s.first; ++t) {
            s.weights[t].lane.fill(1.0);
        }
        if (s.first >= s.impulse_steps + s.unit_columns) {
            s.unit_steps = s.impulse_steps + s.unit_columns;
        }
    }

    V largest(const LaneRow* rows, int count) const {
        V most;
        for (int i = 0; i < count; ++i) {
            most = max(most, max(V(rows[i]), -V(rows[i])));
        }
        return most;
    }
    bool is_below(const V& values, double limit) const {
        LaneRow row;
        values.store(row);
        return std::ranges::all_of(row.lane, [=](double x) { return x < limit; });
    }

    /// Whether the gaps before step t, or the presample, are forgotten.
    void look_for_rest(int t) {
        if (!at_rest_ && is_below(largest(s.covariance, m * m), 1e-17)) {
            at_rest_ = true;
            std::fill_n(s.covariance, m * m, LaneRow{});
        }
        const bool has_input = t < s.impulse_steps + s.unit_columns;
        if (t < s.unit_steps && !has_input &&
            is_below(largest(s.state + s.data_columns * m, s.unit_columns * m), 1e-14)) {
            s.unit_steps = t;
        }
    }

    /// log F of four steps at a time: of their product.
    void observe(int t) {
        const V seen(lane_masks[s.observed[static_cast<std::size_t>(t)]]);
        (seen * reciprocal).store(s.weights[t]);
        product_ = product_ * (V(1.0) + seen * V(s.variances[t * m]));
        if (t % 4 == 3 || t + 1 == s.steps) {
            log_determinant_ += log(product_);
            product_ = V(1.0);
        }
    }

    void move_column(int t, int column) {
        LaneRow* state = s.state + column * m;
        const V r(s.residuals[static_cast<std::size_t>(column)][t]);
        const V first(state[0]);
        const V error = r + first;
        error.store(s.column_errors(column)[t]);
        const V x = r + there * first;
        for (int i = 0; i + 1 < m; ++i) {
            (V(state[i + 1]) - V(c[i]) * first - V(k[i]) * x).store(state[i]);
        }
        (-(V(c[m - 1]) * first) - V(k[m - 1]) * x).store(state[m - 1]);
    }

    /// a is column 0 before the step, which the step overwrites.
    void move_covariance(bool gaps) {
        const LaneRow* p = s.gain(6);
        for (int i = 0; i < m; ++i) {
            s.gain(6)[i] = i + 1 < m ? s.covariance[(i + 1) * m] : LaneRow{};
        }
        for (int i = 0; i < m; ++i) {
            const V a_i(p[i]), c_i(c[i]), g_i(g[i]);
            const LaneRow* next = s.covariance + (i + 1) * m + 1;
            LaneRow* row = s.covariance + i * m;
            for (int j = 0; j <= i; ++j) {
                V value = (i + 1 < m ? V(next[j]) : V()) - a_i * V(b[j]) - c_i * V(h[j]);
                if (gaps) {
                    value += g_i * V(g[j]);
                }
                value.store(row[j]);
            }
        }
    }

    bool at_rest_ = true;
    V log_determinant_, product_{1.0};
};

} // namespace timeloom::detail::presample_kernels
