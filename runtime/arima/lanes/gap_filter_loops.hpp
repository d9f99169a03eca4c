// The filter over missing values; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter_early.hpp"
#include "timeloom/runtime/arima/lanes/gap_filter_start.hpp"

#include <algorithm>

namespace timeloom::detail::presample_kernels {

template <class Arch>
class GapFilterLoops : GapRows<Arch> {
  public:
    using Rows = GapRows<Arch>;
    using V = typename Rows::V;

    explicit GapFilterLoops(GapFilter& filter) : Rows(filter), early_(filter) {}

    void filter() {
        start();
        int attempt = s.early > 0 ? 2 * m : s.steps; // to let early missing values join
        for (int t = 0; t < s.steps; ++t) {
            if (t == attempt) {
                attempt = early_.join(t, false) ? s.steps : 2 * attempt;
                raised_ = s.joined + m;
            }
            step(t);
        }
        if (s.early > 0 && s.joined == s.steps) {
            early_.join(s.steps, true);
        }
        (V(*s.log_determinant) + log_determinant_).store(*s.log_determinant);
    }

  private:
    static constexpr int check = 32;
    using Rows::gap_mask;
    using Rows::lose_at_gap;
    using Rows::m;
    using Rows::s;
    using Rows::walk;

    void start() {
        s.joined = s.early > 0 ? s.steps : 0;
        V().store(*s.log_determinant);
        V(100.0).store(*s.digits);
        early_.start();
        for (int j = 0; j <= m; ++j) {
            V sum(s.theta[j]);
            for (const int i : s.ma_lags) {
                if (i + j <= s.q) {
                    sum += V(s.theta[i]) * V(s.theta[i + j]);
                }
            }
            sum.store(s.kappa[j]);
        }
        for (int t = 0; t < s.ring_size; ++t) {
            std::copy_n(s.kappa, s.width, s.in_ring(s.ring, t));
        }
        std::fill_n(s.gains, s.ring_size * s.width, LaneRow{});
        if (s.p > 0) {
            begin_stationary();
            raised_ = m;
        }
    }

    /// As if there had been gaps before, with φ for α.
    void begin_stationary() {
        std::vector<V> phi(s.phi, s.phi + s.p + 1), theta(s.theta, s.theta + m + 1);
        const StationaryStart<V> process(s, phi, theta);
        (V(100.0) * process.share()).store(*s.digits);
        for (int j = 0; j <= m; ++j) {
            process.covariance(j).store(s.stationary[j]);
        }
        for (int t = -s.p; t < 0; ++t) {
            lose_at_gap(t, s.stationary, s.phi, s.ar_lags, V(1.0));
        }
        for (int t = 0; t < m; ++t) {
            for (int j = 0; j <= m; ++j) {
                (V(s.in_ring(s.ring, t)[j]) - V(s.kappa[j])).store(s.start[t * (m + 1) + j]);
            }
        }
    }

    void step(int t) {
        const auto missing = s.missing[static_cast<std::size_t>(t)];
        if (t % check == 0) {
            look_for_rest(t);
        }
        s.at_rest[static_cast<std::size_t>(t)] = at_rest_;
        LaneRow* c = s.covariance(t);
        if (at_rest_) {
            std::copy_n(s.theta, m + 1, c);
        } else {
            find_covariance(t, c);
        }
        const V gap = gap_mask(t), variance(c[0]);
        const V reciprocal = V(1.0) / variance;
        observe(t, variance, reciprocal);
        find_error(t, 0);
        for (int column = 1; column < s.columns(); ++column) {
            if (column > s.early || t < s.joined) {
                find_error(t, column);
            }
        }
        keep_gains(t, c, (V(1.0) - gap) * reciprocal);
        if (missing != 0) {
            lose_at_gap(t, c, s.alpha, s.alpha_lags, gap);
            at_rest_ = false;
            stirred_ = t + m;
        }
    }

    void keep_gains(int t, const LaneRow* c, const V& scale) {
        RingWalk row = walk(s.gains, t + 1);
        for (int k = 1, last = m; k <= last; ++k, ++row) {
            (scale * V(c[k])).store((*row)[k]);
        }
    }

    /// log F of four steps at a time: of their product.
    void observe(int t, const V& variance, const V& reciprocal) {
        const V seen(lane_masks[s.observed[static_cast<std::size_t>(t)]]);
        (seen * reciprocal).store(s.weights[t]);
        product_ = product_ * (V(1.0) + seen * (variance - V(1.0)));
        if (t % 4 == 3 || t + 1 == s.steps) {
            log_determinant_ += log(product_);
            product_ = V(1.0);
        }
    }

    /// c from what the last m steps leave.
    void find_covariance(int t, LaneRow* c) {
        const bool is_changed = t < raised_ || t <= stirred_;
        LaneRow* left = is_changed ? s.in_ring(s.ring, t) : s.kappa;
        for (int j = 0; j <= m; j += 8) {
            switch (std::min(8, m + 1 - j)) {
            case 1:
                lose_observed<1>(t, j, left, c);
                break;
            case 2:
                lose_observed<2>(t, j, left, c);
                break;
            case 3:
                lose_observed<3>(t, j, left, c);
                break;
            case 4:
                lose_observed<4>(t, j, left, c);
                break;
            case 5:
                lose_observed<5>(t, j, left, c);
                break;
            case 6:
                lose_observed<6>(t, j, left, c);
                break;
            case 7:
                lose_observed<7>(t, j, left, c);
                break;
            default:
                lose_observed<8>(t, j, left, c);
            }
        }
        if (is_changed) {
            std::copy_n(s.kappa, m + 1, left); // for a step to come
        }
    }

    /// c_j, …, c_{j+count-1}.
    template <int count>
    void lose_observed(int t, int j, const LaneRow* left, LaneRow* c) {
        V sum[count];
        for (int i = 0; i < count; ++i) {
            sum[i] = V(left[j + i]);
        }
        const int *n = s.seen.data() + s.seen_before[static_cast<std::size_t>(std::max(0, t - m + j))],
                  *end = s.seen.data() + s.seen_before[static_cast<std::size_t>(t)];
        const LaneRow *gains = s.in_ring(s.gains, t) + t, *rows = s.covariances + j + t;
        for (const int width = s.width - 1; n != end; ++n) {
            const V gain(*(gains - *n));
            const LaneRow* before = rows + *n * width;
            for (int i = 0; i < count; ++i) {
                sum[i] -= gain * V(before[i]);
            }
        }
        for (int i = 0; i < count; ++i) {
            sum[i].store(c[j + i]);
        }
    }

    void find_error(int t, int column) {
        const LaneRow* w = s.values[static_cast<std::size_t>(column)] + t;
        LaneRow* e = s.column_errors(column) + t;
        V sum(*w);
        for (const int l : s.ar_lags) {
            sum += V(s.phi[l]) * V(w[-l]);
        }
        if (at_rest_ && t - rest_begun_ >= m) {
            for (const int l : s.ma_lags) {
                sum -= V(s.theta[l]) * V(e[-l]);
            }
            sum.store(*e);
            return;
        }
        for (const int l : s.alpha_lags) {
            if (l <= t && t <= stirred_) {
                sum -= gap_mask(t - l) * V(s.alpha[l]) * V(e[-l]);
            }
        }
        const LaneRow* gains = s.in_ring(s.gains, t);
        V other;
        int k = std::min(m, t);
        for (; k > 1; k -= 2) {
            sum -= V(gains[k]) * V(e[-k]);
            other -= V(gains[k - 1]) * V(e[1 - k]);
        }
        if (k == 1) {
            sum -= V(gains[1]) * V(e[-1]);
        }
        (sum + other).store(*e);
    }

    /// Notices when nothing of the gaps and of what came before the first value is left in the filter.
    void look_for_rest(int t) {
        if (at_rest_ || t < m || t < s.joined + m || t <= stirred_) {
            return;
        }
        const LaneRow* c = s.covariance(t - 1);
        const V limit = V(2e-15) * V(s.kappa[0]);
        V most = -limit;
        for (int j = 0; j <= m; ++j) {
            const V change = V(c[j]) - V(s.theta[j]);
            most = max(most, max(change, -change) - limit);
        }
        LaneRow row;
        most.store(row);
        if (std::ranges::all_of(row.lane, [](double x) { return x < 0; })) {
            at_rest_ = true;
            rest_begun_ = t;
        }
    }

    EarlyGaps<Arch> early_;
    bool at_rest_ = false;
    int rest_begun_ = 0;
    int stirred_ = -1; ///< the last step that a gap reaches
    int raised_ = 0;   ///< steps before which the ring has more than κ
    V log_determinant_, product_{1.0};
};

} // namespace timeloom::detail::presample_kernels
