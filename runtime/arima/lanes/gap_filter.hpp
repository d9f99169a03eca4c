// Missing values integrated out one after the other, in time linear in the length of the series.
//
// With something in place of its missing values a series has the numbers x = φ(B) w. Moves u of what stands
// there, zero where a value is there, add α u to them, α = φ δ (δ the difference polynomial). Prediction
// errors are
//
//     e_t = x_t - Σ_{i≥1} g_i(t-i) e_{t-i}
//
// with c_i(t) = Cov(x_{t+i}, x_t) given all values before t, F = c_0, in units of the innovations' variance,
// and g_i = c_i / F where a value is there; where none is, u is as e_t wants it, and g_i = α_i. From t on the
// covariance of x_{t+a} and x_{t+b} then loses
//
//     D_ab(t) = c_a c_b / F        or        c_a α_b + α_a c_b - F α_a α_b
//
// so that c_j(t) = κ_j - Σ_{k≥1} D_{j+k,k}(t-k), κ_j = Σ_i θ_i θ_{i+j}: of m = max(degree of α, of θ) steps
// before t (the innovations algorithm of Brockwell and Davis 1991, §8.7, which is a Kalman filter). Before
// the first value an autoregressive process takes w as stationary, which is a gap with φ for α.
//
// Missing values among those that differencing loses are columns, which run through the filter like the
// series until as much is known of them that they may join what it knows (de Jong 1991).
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"
#include "timeloom/runtime/base/aligned_buffer.hpp"

#include <cstdint>
#include <vector>

namespace timeloom::detail {

/// Numbers and workspace of one tile's filter. Columns: the series, the early missing values', regressors.
/// Rows of steps before the first are zeros.
struct GapFilter {
    GapFilter() = default;
    /// `ar_lags` and `ma_lags` are those from 1 on whose coefficients in φ and θ may differ from zero; `lost`
    /// the degree of δ.
    GapFilter(std::vector<int> ar_lags, std::vector<int> ma_lags, int lost, int early, int regressors,
              int most_steps);

    std::vector<int> ar_lags, ma_lags;
    int p = 0, q = 0;
    int order = 0; ///< m
    int early = 0, regressors = 0;
    int columns() const { return 1 + early + regressors; }
    int most_steps = 0;

    // What filter() reads.
    int steps = 0;
    std::vector<std::uint8_t> missing;  ///< bit l of step t: lane l has a gap there
    std::vector<std::uint8_t> observed; ///< … has an observation there
    std::uint8_t in_use = 0;            ///< lanes with observations
    std::vector<int> seen;              ///< steps at which some lane has no gap
    std::vector<int> seen_before;       ///< of each step: how many of those come before it
    std::vector<int> alpha_lags;
    LaneRow* phi;                       ///< 1, φ_1, …
    LaneRow* theta;                     ///< 1, θ_1, …, and zeros
    LaneRow* alpha;                     ///< 1, α_1, …
    std::vector<const LaneRow*> values; ///< w of each column

    /// From `missing` and `observed`.
    void find_seen();

    // What it finds.
    LaneRow* errors;          ///< (column, step): e, with early missing values as they were best at `joined`
    LaneRow* weights;         ///< 1/F of each step, 0 without an observation
    LaneRow* log_determinant; ///< of the observations' covariance matrix
    LaneRow* digits;          ///< least share that is left of a sum
    LaneRow* early_values;    ///< (column, early): those best values
    int joined = 0;           ///< the step before which early missing values join

    // What flow_back() reads. Column 0 of `errors` must hold the errors of the series less its regressors.
    const LaneRow* filled_weight = nullptr; ///< ∂f/∂S
    const LaneRow* filled_values = nullptr; ///< w of that series, with the early values; where p > 0

    // What it finds.
    LaneRow* flows; ///< (column up to `early`, step): ∂f/∂x, of the series less its regressors and of the
                    ///< early columns; zeros after the end
    LaneRow* early_moves; ///< ∂f/∂(early values) through what comes after they joined, times -M⁻¹: of f = S/2
                          ///< what that adds to them
    LaneRow* phi_gradient;
    LaneRow* theta_gradient;
    LaneRow* alpha_gradient;

    // Workspace.
    LaneRow* covariances; ///< (step, width): c
    LaneRow* start;       ///< (m, m + 1): what c loses at the first steps to what comes before them
    LaneRow* stationary;  ///< c before the first step, m + 1
    LaneRow* kappa;       ///< m + 1; in flow_back(): ∂f/∂κ
    LaneRow* gains;       ///< (ring, width): at step t and k c_k/F of step t - k, zero if that was a gap
    LaneRow* ring;        ///< (ring, width): κ - Σ D of gaps, of steps to come; ∂f/∂c of the last ones
    LaneRow* scratch;     ///< (5, width)
    LaneRow* products;    ///< (early, early): M, normal matrix of the early columns
    LaneRow* factor;      ///< its Cholesky factor, with the diagonal's reciprocals
    LaneRow* inverse;     ///< M⁻¹; in flow_back(): ∂f/∂(½ M)
    LaneRow* early_effects;    ///< (early, width): V, of each on x from `joined` on, the first at 1
    LaneRow* early_combined;   ///< (early, width): V M⁻¹
    std::vector<bool> at_rest; ///< steps before which all is known but for rounding: c = θ

    int width = 0; ///< of rows of m + 1, with zeros behind them
    int ring_size = 0;
    LaneRow* in_ring(LaneRow* rows, int t) const { return rows + (t & (ring_size - 1)) * width; }
    LaneRow* covariance(int t) const { return covariances + t * width; }
    LaneRow* column_errors(int column) const { return errors + column * most_steps; }
    LaneRow* column_flows(int column) const { return flows + column * (most_steps + width); }

  private:
    aligned_buffer<LaneRow> memory_;
};

} // namespace timeloom::detail
