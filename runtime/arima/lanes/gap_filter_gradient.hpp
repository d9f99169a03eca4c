// What flows back through the filter over missing values; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter_loops.hpp"

namespace timeloom::detail::presample_kernels {

/// With σ' and Π' = ∂f/∂s', ∂f/∂P' after a step, before it σ_{i+1} = σ_i' and Π_{i+1,j+1} = Π_ij': of both
/// only what flows to s_0 and to P's column 0 is new at each step, and all of it is kept in `flows` and in a
/// ring of m such columns.
template <class Arch>
class GapFilterGradient : GapSteps<Arch> {
  public:
    using Steps = GapSteps<Arch>;
    using V = typename Steps::V;

    explicit GapFilterGradient(GapFilter& filter)
        : Steps(filter), ring_(static_cast<std::size_t>(m * m)), weight_(*s.filled_weight) {}

    void flow_back() {
        start();
        for (int t = s.steps - 1; t >= s.first; --t) {
            set_gains(t);
            set_sources(t);
            for (int i = 0; i < 2 * m; ++i) {
                V().store(s.products[i]);
            }
            for (int column = 0; column < active(t); ++column) {
                move_column(t, column);
            }
            move_covariance(t);
        }
        for (int t = s.first - 1; t >= 0; --t) {
            set_sources(t);
            for (int column = 0; column < active(t); ++column) {
                put(t, column, V(source_of(column)));
            }
        }
    }

  private:
    using Steps::b;
    using Steps::gamma;
    using Steps::gap;
    using Steps::h;
    using Steps::k;
    using Steps::m;
    using Steps::reciprocal;
    using Steps::s;
    using Steps::set_gains;
    using Steps::there;

    // Columns here: the filled series, those integrated out, the unit vectors.
    int active(int t) const { return 1 + s.integrated + (t < s.unit_steps ? s.unit_columns : 0); }
    /// Its number in the filter.
    int in_filter(int column) const {
        return column <= s.integrated ? column : column - s.integrated - 1 + s.data_columns;
    }
    /// Its number among the unknowns.
    int unknown(int column) const {
        return column <= s.integrated ? s.unit_columns + column - 1 : column - s.integrated - 1;
    }
    V residual(int t, int column) const {
        return V(column == 0 ? s.filled_residuals[t]
                             : s.residuals[static_cast<std::size_t>(in_filter(column))][t]);
    }
    V inverse(int i, int j) const { return V(s.inverse[std::max(i, j) * s.inverse_stride + std::min(i, j)]); }
    LaneRow& source_of(int column) const { return s.products[2 * m + column]; }

    void start() {
        const int all = 1 + s.integrated + s.unit_columns;
        for (int column = 0; column < all; ++column) {
            std::fill_n(s.column_flows(column) + s.steps, m + 1, LaneRow{});
        }
        for (int column = 1 + s.integrated; column < all; ++column) {
            std::fill_n(s.column_flows(column) + s.unit_steps, s.steps - s.unit_steps, LaneRow{});
        }
        std::fill_n(s.impulse_source, s.unit_columns > 0 ? s.most_steps : 0, LaneRow{});
        std::fill_n(s.alpha_gradient, m, LaneRow{});
        std::fill_n(s.theta_gradient, m, LaneRow{});
    }

    /// ∂f/∂e of every column at a step: f gets weight · e²/F from the filled series, and of the others
    /// ½ Σ inverse · products.
    void set_sources(int t) {
        const V w(s.weights[t]);
        V of_variance = w;
        const auto set = [&](int column, const V& source) {
            source.store(source_of(column));
            of_variance -= w * source * V(s.column_errors(in_filter(column))[t]);
        };
        set(0, V(2.0) * weight_ * w * V(s.errors[t]));
        for (int i = 1; i < active(t); ++i) {
            V sum;
            for (int j = 1; j < active(t); ++j) {
                sum += inverse(unknown(i), unknown(j)) * V(s.column_errors(in_filter(j))[t]);
            }
            set(i, w * sum);
        }
        of_variance_ = V(0.5) * of_variance;
    }

    /// ∂f/∂r.
    void put(int t, int column, const V& flow) {
        if (column <= s.integrated) {
            flow.store(s.sources[static_cast<std::size_t>(column)][t]);
            return;
        }
        const int shift = column - s.integrated - 1;
        if (t >= shift) {
            LaneRow& source = s.impulse_source[t - shift];
            (V(source) + flow).store(source);
        }
    }

    void move_column(int t, int column) {
        LaneRow* flow = s.column_flows(column) + t;
        const V e(s.column_errors(in_filter(column))[t]), r = residual(t, column);
        V through_gain, through_theta;
        LaneRow *by_error = s.products, *by_residual = s.products + m;
        for (int i = 0; i < m; ++i) {
            const V later(flow[i + 1]);
            through_gain += V(b[i]) * later;
            through_theta += V(s.theta[i]) * later;
            (V(by_error[i]) + e * later).store(by_error[i]);
            (V(by_residual[i]) + r * later).store(by_residual[i]);
        }
        const V to_state = V(source_of(column)) - through_gain;
        to_state.store(flow[0]);
        put(t, column, to_state + through_theta);
    }

    /// Π' x, from the ring: Π_ij' of step t + 1 is entry |i - j| of the column that is min(i, j) steps later.
    void multiply(int t, const LaneRow* x, LaneRow* out) {
        std::fill_n(out, m, LaneRow{});
        for (int first = 0; first < m; ++first) {
            const LaneRow* column = ring(t + 1 + first);
            const V x_first(x[first]);
            V sum = V(out[first]) + V(column[0]) * x_first;
            for (int d = 1; first + d < m; ++d) {
                const V entry(column[d]);
                sum += entry * V(x[first + d]);
                (V(out[first + d]) + entry * x_first).store(out[first + d]);
            }
            sum.store(out[first]);
        }
    }
    LaneRow* ring(int t) { return ring_.data() + t % m * m; }

    void move_covariance(int t) {
        const LaneRow *by_error = s.products, *by_residual = s.products + m;
        LaneRow *flow_b = s.gain(6), *flow_k = s.gain(7), *flow_h = s.gain(8);
        const bool gaps = s.missing[static_cast<std::size_t>(t)] != 0;
        const bool certain = s.certain[static_cast<std::size_t>(t)];
        if (certain) { // k is zero, and what P would be makes no difference
            std::fill_n(ring(t), m, LaneRow{});
            std::fill_n(flow_k, m, LaneRow{});
        } else {
            multiply(t, b, flow_b);
            multiply(t, k, flow_k);
        }
        const V first(s.variances[t * m]);
        const V learning = there * reciprocal;
        V to_variance = of_variance_;
        LaneRow* to_column = s.gain(9);
        for (int i = 0; i < m; ++i) {
            const V q(by_error[i]);
            if (!certain) {
                to_variance += V(b[i]) * (V(flow_b[i]) + learning * q);
                if (i + 1 < m) {
                    (-V(flow_b[i]) - V(0.5) * learning * q).store(to_column[i + 1]);
                }
            }
            (V(s.theta_gradient[i]) + V(by_residual[i]) - V(2.0) * V(flow_k[i]) - learning * q)
                .store(s.theta_gradient[i]);
        }
        if (!certain) {
            to_variance.store(to_column[0]);
        }
        if (gaps) {
            multiply(t, h, flow_h);
            for (int i = 0; i < m; ++i) {
                const V flow = gap * (V(2.0) * (V(flow_k[i]) - V(flow_h[i])) - V(by_error[i]));
                (V(s.alpha_gradient[i]) + flow).store(s.alpha_gradient[i]);
            }
        }
        if (!certain) {
            std::copy_n(to_column, m, ring(t));
        }
    }

    aligned_buffer<LaneRow> ring_;
    V weight_, of_variance_;
};

} // namespace timeloom::detail::presample_kernels
