// What the steps of the filter over missing values share; templates over an xsimd architecture.
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

/// Goes from row to row of a ring.
class RingWalk {
  public:
    RingWalk(LaneRow* rows, int width, int size, int t)
        : width_(width), end_(rows + size * width), all_(size * width), at_(rows + (t & (size - 1)) * width) {
    }
    LaneRow* operator*() const { return at_; }
    void operator++() {
        at_ += width_;
        at_ = at_ == end_ ? at_ - all_ : at_;
    }

  private:
    int width_;
    LaneRow* end_;
    int all_;
    LaneRow* at_;
};

/// What the loops read of a filter is held in variables: rows that are stored might be anything, to a
/// compiler.
template <class Arch>
class GapRows {
  public:
    using V = Lanes<Arch>;

    explicit GapRows(GapFilter& filter) : s(filter) {}

    V gap_mask(int t) const { return V(lane_masks[s.missing[static_cast<std::size_t>(t)]]); }
    RingWalk walk(LaneRow* rows, int t) const { return {rows, s.width, s.ring_size, t}; }

    /// Takes D of a gap at step t, with g for α, from what is left of κ at the steps to come from 0 on.
    void lose_at_gap(int t, const LaneRow* c, const LaneRow* g, const std::vector<int>& lags, const V& mask) {
        const V variance(c[0]);
        const int last = m;
        for (const int l : lags) {
            const V g_l = mask * V(g[l]);
            LaneRow* row = s.in_ring(s.ring, t + l);
            const LaneRow* later = c + l;
            for (int j = 0; j + l <= last && t + l >= 0; ++j) {
                (V(row[j]) - g_l * V(later[j])).store(row[j]);
            }
        }
        const int begin = std::max(1, -t);
        const int *end = lags.data() + lags.size(),
                  *first = std::find_if(lags.data(), end, [=](int l) { return l >= begin; });
        if (first == end) {
            return;
        }
        RingWalk row = walk(s.ring, t + begin);
        for (int k = begin; k <= lags.back(); ++k, ++row) {
            first += *first < k ? 1 : 0;
            const V change = mask * (V(c[k]) - variance * V(g[k]));
            for (const int* l = first; l != end; ++l) {
                LaneRow& left = (*row)[*l - k];
                (V(left) - V(g[*l]) * change).store(left);
            }
        }
    }

    /// The way back of lose_at_gap(): from the ring of ∂f/∂c to ∂f/∂c of step t and ∂f/∂g.
    void flow_at_gap(int t, const LaneRow* c, const LaneRow* g, const std::vector<int>& lags, const V& mask,
                     LaneRow* to, LaneRow* of_g) {
        LaneRow *out = s.scratch + 3 * s.width, *sums = s.scratch + 4 * s.width;
        std::fill_n(out + 1, m, LaneRow{});
        for (const int l : lags) {
            const V g_l = mask * V(g[l]);
            V sum;
            const auto take = [&](int a, const V& entry) {
                (V(out[a]) + entry * g_l).store(out[a]);
                sum += entry * V(c[a]);
            };
            RingWalk row = walk(s.ring, t + 1);
            for (int a = 1; a < l; ++a, ++row) {
                take(a, V((*row)[l - a]));
            }
            take(l, V(2.0) * V((*row)[0]));
            for (int a = l + 1, last = m; a <= last; ++a) {
                take(a, V((*row)[a - l]));
            }
            sum.store(sums[l]);
        }
        V to_variance(to[0]);
        for (int a = 1, last = m; a <= last; ++a) {
            (V(to[a]) - V(out[a])).store(to[a]);
        }
        for (const int l : lags) {
            const V through(out[l]);
            to_variance += V(0.5) * mask * V(g[l]) * through;
            (V(of_g[l]) + mask * (V(c[0]) * through - V(sums[l]))).store(of_g[l]);
        }
        to_variance.store(to[0]);
    }

    /// Π x + diagonal(Π) x with Π_ab = (row of step t + min(a, b))_{|a-b|}, a and b from 1 to m: what D of
    /// step t = x x' is told by the ring of ∂f/∂c.
    void multiply(int t, const LaneRow* x, LaneRow* out) const {
        const int last = m;
        RingWalk ring = walk(s.ring, t + 1);
        for (int first = 1; first <= last; first += tile) {
            const LaneRow* rows[tile];
            V x_a[tile], sum[tile];
            for (int i = 0; i < tile; ++i, ++ring) {
                rows[i] = *ring;
                x_a[i] = V(x[first + i]);
                sum[i] = (first == 1 ? V() : V(out[first + i])) + V(2.0) * V(rows[i][0]) * x_a[i];
            }
            for (int i = 0; i < tile; ++i) {
                for (int j = i + 1; j < tile; ++j) {
                    const V entry(rows[i][j - i]);
                    sum[i] += entry * x_a[j];
                    sum[j] += entry * x_a[i];
                }
            }
            for (int second = first + tile; second <= last; second += tile) {
                V x_b[tile], other[tile];
                for (int j = 0; j < tile; ++j) {
                    x_b[j] = V(x[second + j]);
                    other[j] = first == 1 ? V() : V(out[second + j]);
                }
                for (int i = 0; i < tile; ++i) {
                    const LaneRow* row = rows[i] + (second - first - i);
                    for (int j = 0; j < tile; ++j) {
                        const V entry(row[j]);
                        sum[i] += entry * x_b[j];
                        other[j] += entry * x_a[i];
                    }
                }
                for (int j = 0; j < tile; ++j) {
                    other[j].store(out[second + j]);
                }
            }
            for (int i = 0; i < tile; ++i) {
                sum[i].store(out[first + i]);
            }
        }
    }

    GapFilter& s;
    const int m = s.order;

  private:
    static constexpr int tile = 4;
};

} // namespace timeloom::detail::presample_kernels
