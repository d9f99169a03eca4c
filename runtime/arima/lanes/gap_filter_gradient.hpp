// What flows back through the filter over missing values; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter_early.hpp"
#include "timeloom/runtime/arima/lanes/gap_filter_start.hpp"

#include <vector>

namespace timeloom::detail::presample_kernels {

/// The ring holds ∂f/∂c of the last m steps that flow_back() came from.
template <class Arch>
class GapFilterGradient : GapRows<Arch> {
  public:
    using Rows = GapRows<Arch>;
    using V = typename Rows::V;

    explicit GapFilterGradient(GapFilter& filter) : Rows(filter), early_(filter), weight_(*s.filled_weight) {}

    void flow_back() {
        start();
        for (int t = s.steps - 1; t >= 0; --t) {
            if (t + 1 == s.joined && s.early > 0) {
                early_.flow_back();
            }
            step(t);
        }
        flow_to_kappa();
        if (s.p > 0) {
            flow_to_stationary();
            flow_to_values();
        }
    }

  private:
    using Rows::flow_at_gap;
    using Rows::gap_mask;
    using Rows::m;
    using Rows::multiply;
    using Rows::s;

    LaneRow* gain() const { return s.scratch; }
    LaneRow* gain_source() const { return s.scratch + s.width; }
    LaneRow* of_observed() const { return s.scratch + 2 * s.width; }

    void start() {
        for (int column = 0; column <= s.early; ++column) {
            std::fill_n(s.column_flows(column) + s.steps, s.width, LaneRow{});
        }
        std::fill_n(s.ring, s.ring_size * s.width, LaneRow{});
        std::fill_n(s.scratch, 5 * s.width, LaneRow{});
        std::fill_n(s.phi_gradient, s.p + 1, LaneRow{});
        std::fill_n(s.theta_gradient, m + 1, LaneRow{});
        std::fill_n(s.alpha_gradient, m + 1, LaneRow{});
        std::fill_n(s.kappa, m + 1, LaneRow{}); // its gradient from here on
    }

    void step(int t) {
        active_ = s.early > 0 && t < s.joined ? 1 + s.early : 1;
        set_sources(t);
        const auto missing = s.missing[static_cast<std::size_t>(t)];
        if (s.at_rest[static_cast<std::size_t>(t)]) {
            missing == 0 ? rest(t) : end_of_rest(t);
            return;
        }
        LaneRow* to = s.in_ring(s.ring, t);
        move(t, to);
        LaneRow* of_kappa = s.kappa;
        for (int j = 0, last = m; j <= last; ++j) {
            (V(of_kappa[j]) + V(to[j])).store(of_kappa[j]);
        }
    }

    /// ∂f/∂e of every column, as it enters at a step: f gets weight · e²/F from the series, and before early
    /// missing values join ½ Σ inverse · products of theirs.
    void set_sources(int t) {
        const V w(s.weights[t]);
        const V e(s.errors[t]);
        source_ = V(2.0) * weight_ * w * e;
        V of_variance = w;
        for (int u = 0; u < active_ - 1; ++u) {
            const V e_u(s.column_errors(1 + u)[t]);
            const V move(s.early_moves[u]);
            V sum = move * e;
            for (int v = 0; v < s.early; ++v) {
                sum += V(s.inverse[u * s.early + v]) * V(s.column_errors(1 + v)[t]);
            }
            (w * sum).store(s.column_flows(1 + u)[t]);
            source_ += w * move * e_u;
            of_variance -= w * w * sum * e_u;
        }
        of_variance_ = V(0.5) * (of_variance - w * source_ * e);
    }

    V source(int t, int column) const { return column == 0 ? source_ : V(s.column_flows(column)[t]); }

    /// All of ∂f/∂c of a step goes to `to`.
    void move(int t, LaneRow* to) {
        const auto missing = s.missing[static_cast<std::size_t>(t)];
        const V gap = gap_mask(t), there = V(1.0) - gap;
        const LaneRow* c = s.covariance(t);
        const V variance(c[0]), scale = there / variance;
        if (missing == 0xff) {
            move_columns(t);
            std::fill_n(to, m + 1, LaneRow{});
        } else {
            LaneRow *gains = gain(), *sources = gain_source(), *observed = of_observed();
            for (int i = 1, last = m; i <= last; ++i) {
                (scale * V(c[i])).store(gains[i]);
            }
            move_columns_seen(t, gap);
            multiply(t, gains, observed);
            V sum;
            for (int a = 1, last = m; a <= last; ++a) {
                const V from_gain = scale * V(sources[a]), through(observed[a]), k(gains[a]);
                (from_gain - through).store(to[a]);
                sum += k * (V(0.5) * through - from_gain);
            }
            sum.store(to[0]);
        }
        (V(to[0]) + of_variance_).store(to[0]);
        if (missing != 0) {
            flow_at_gap(t, c, s.alpha, s.alpha_lags, gap, to, s.alpha_gradient);
            for (const int l : s.alpha_lags) {
                (V(s.alpha_gradient[l]) + gap * V(gain_source()[l])).store(s.alpha_gradient[l]);
            }
        }
    }

    /// Where no lane has an observation: only g's with α count.
    void move_columns(int t) {
        for (int column = 0; column < active_; ++column) {
            LaneRow* flow = s.column_flows(column) + t;
            const V e(s.column_errors(column)[t]);
            V sum = source(t, column);
            for (const int l : s.alpha_lags) {
                const V later(flow[l]);
                sum -= V(s.alpha[l]) * later;
                ((column == 0 ? V() : V(gain_source()[l])) - e * later).store(gain_source()[l]);
            }
            sum.store(*flow);
        }
    }

    void move_columns_seen(int t, const V& gap) {
        for (int column = 0; column < active_; ++column) {
            LaneRow* flow = s.column_flows(column) + t;
            const V e(s.column_errors(column)[t]);
            V sum = source(t, column);
            LaneRow *gains = gain(), *sources = gain_source();
            for (int i = 1, last = m; i <= last; ++i) {
                const V later(flow[i]);
                sum -= V(gains[i]) * later;
                ((column == 0 ? V() : V(sources[i])) - e * later).store(sources[i]);
            }
            if (s.missing[static_cast<std::size_t>(t)] != 0) {
                for (const int l : s.alpha_lags) {
                    sum -= gap * V(s.alpha[l]) * V(flow[l]);
                }
            }
            sum.store(*flow);
        }
    }

    /// c is θ, whatever came before.
    void rest(int t) {
        LaneRow* flow = s.flows + t;
        const V e(s.errors[t]);
        V sum = source_;
        for (const int a : s.ma_lags) {
            const V later(flow[a]);
            sum -= V(s.theta[a]) * later;
            V of_theta = V(s.theta_gradient[a]) - e * later;
            for (const int b : s.ma_lags) {
                if (quiet_ <= m) {
                    const V entry(s.in_ring(s.ring, t + std::min(a, b))[std::abs(a - b)]);
                    of_theta -= (a == b ? V(2.0) : V(1.0)) * entry * V(s.theta[b]);
                }
            }
            of_theta.store(s.theta_gradient[a]);
        }
        sum.store(*flow);
        if (++quiet_ <= s.ring_size) {
            std::fill_n(s.in_ring(s.ring, t), m + 1, LaneRow{});
        }
    }

    void end_of_rest(int t) {
        LaneRow* to = s.in_ring(s.ring, t);
        move(t, to);
        for (int j = 1; j <= m; ++j) {
            (V(s.theta_gradient[j]) + V(to[j])).store(s.theta_gradient[j]);
        }
        std::fill_n(to, m + 1, LaneRow{});
        quiet_ = 0;
    }

    /// κ_j = Σ θ_i θ_{i+j}.
    void flow_to_kappa() {
        for (const int i : s.ma_lags) {
            V sum(s.theta_gradient[i]);
            for (int j = 0; j <= m; ++j) {
                const V later = i + j <= m ? V(s.theta[i + j]) : V();
                const V earlier = j <= i ? V(s.theta[i - j]) : V();
                sum += V(s.kappa[j]) * (later + earlier);
            }
            sum.store(s.theta_gradient[i]);
        }
    }

    void flow_to_stationary() {
        LaneRow* to = of_observed();
        std::fill_n(to, m + 1, LaneRow{});
        for (int t = -1; t >= -s.p; --t) {
            std::fill_n(s.in_ring(s.ring, t), m + 1, LaneRow{});
            flow_at_gap(t, s.stationary, s.phi, s.ar_lags, V(1.0), to, s.phi_gradient);
        }
        using Number = Tangent<V>;
        std::vector<Number> phi, theta;
        for (int i = 0; i <= s.p; ++i) {
            phi.push_back({V(s.phi[i]), V()});
        }
        for (int i = 0; i <= m; ++i) {
            theta.push_back({V(s.theta[i]), V()});
        }
        const auto add = [&](Number& coefficient, LaneRow& gradient) {
            coefficient.slope = V(1.0);
            const StationaryStart<Number> process(s, phi, theta);
            V sum(gradient);
            for (int j = 0; j <= m; ++j) {
                sum += V(to[j]) * process.covariance(j).slope;
            }
            sum.store(gradient);
            coefficient.slope = V();
        };
        for (const int l : s.ar_lags) {
            add(phi[static_cast<std::size_t>(l)], s.phi_gradient[l]);
        }
        for (const int l : s.ma_lags) {
            add(theta[static_cast<std::size_t>(l)], s.theta_gradient[l]);
        }
    }

    /// x = φ(B) w.
    void flow_to_values() {
        for (int column = 0; column <= s.early; ++column) {
            const int steps = column == 0 ? s.steps : s.joined;
            const LaneRow* w = column == 0 ? s.filled_values : s.values[static_cast<std::size_t>(column)];
            for (const int l : s.ar_lags) {
                dot<Arch>(static_cast<std::size_t>(steps), s.column_flows(column), w - l, s.phi_gradient[l]);
            }
        }
    }

    EarlyGaps<Arch> early_;
    V weight_, source_, of_variance_;
    int active_ = 1; ///< columns that something flows through
    int quiet_ = 0;  ///< steps at rest without a gap
};

} // namespace timeloom::detail::presample_kernels
