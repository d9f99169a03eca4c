// Missing values integrated out one after the other, in time linear in the length of the series.
//
// With its missing values filled in somehow, a series has the residuals r. Unknown moves u of the fills, zero
// where a value is there, add g * u to them, g = α/θ with α = φ δ (δ the difference polynomial):
//
//     ε_t = r_t + s_0 + u_t,      s_i(t+1) = s_{i+1} + α_i u_t - θ_i (s_0 + u_t)
//
// Of the m = max(degree of α, degree of θ) numbers s all are known, as zeros, until the first gap. Where a
// value is there, ε_t = e_t = r_t + s_0 is a prediction error of variance F_t = 1 + Var s_0, from which s is
// learnt; where none is, u_t = ε_t - r_t - s_0 is drawn from a flat distribution, so that s gains the
// uncertainty of ε_t. That is Kalman's filter, with variances in units of the innovations'. What else is
// unknown, as the presample, are columns that run through it like the series.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"
#include "timeloom/runtime/base/aligned_buffer.hpp"

#include <cstdint>
#include <vector>

namespace timeloom::detail {

/// Numbers and workspace of one tile's filter. Columns: those of the data, the first being the series, then
/// the presample's unit vectors, whose residuals are shifts of one impulse response.
struct GapFilter {
    GapFilter() = default;
    GapFilter(int order, int data_columns, int unit_columns, int most_steps);

    int order = 0; ///< m
    int data_columns = 0, unit_columns = 0;
    int columns() const { return data_columns + unit_columns; }
    int most_steps = 0;

    // What filter() reads.
    int steps = 0;
    int first = 0;                         ///< the first step at which a lane has a gap; steps where none has
    std::vector<std::uint8_t> missing;     ///< bit l of step t: lane l has a gap there
    std::vector<std::uint8_t> observed;    ///< … has an observation there
    LaneRow* alpha;                        ///< α_1, …, α_m
    LaneRow* theta;                        ///< θ_1, …, θ_m
    std::vector<const LaneRow*> residuals; ///< of each column: r from step 0 on
    int impulse_steps = 0;                 ///< after which the unit columns' residuals are zero

    // What it finds.
    LaneRow* errors;          ///< (column, step): r + s_0
    LaneRow* weights;         ///< 1/F of each step, 0 without an observation
    LaneRow* log_determinant; ///< Σ log F
    int unit_steps = 0;       ///< after which the unit columns' errors are zero

    // What flow_back() reads.
    const LaneRow* inverse = nullptr;          ///< ∂f/∂(½ products): (unknown, unknown), lower triangle
    int inverse_stride = 0;                    ///< unknowns: the unit columns, then columns 1 to `integrated`
    int integrated = 0;                        ///< how many columns after the first are integrated out
    const LaneRow* filled_residuals = nullptr; ///< r of the series with all unknowns at their best
    const LaneRow* filled_weight = nullptr;    ///< ∂f/∂S

    // What it finds. column 0 of `errors` must hold the errors of filled_residuals by then.
    std::vector<LaneRow*> sources; ///< ∂f/∂r of the filled series and of the columns integrated out
    LaneRow* impulse_source;       ///< ∂f/∂(impulse response)
    LaneRow* alpha_gradient;
    LaneRow* theta_gradient;

    // Workspace.
    LaneRow* variances;        ///< (step, m): Cov(s_0, s_i) before each step
    LaneRow* covariance;       ///< (m, m) of s, lower triangle
    LaneRow* state;            ///< (column, m)
    LaneRow* gains;            ///< vectors of m numbers
    LaneRow* flows;            ///< (column, step): ∂f/∂s_0; zeros after the end
    LaneRow* products;         ///< sums over columns at one step
    std::vector<bool> certain; ///< steps before which s is known but for rounding

    LaneRow* gain(int i) const { return gains + i * order; }
    LaneRow* column_errors(int column) const { return errors + column * most_steps; }
    LaneRow* column_flows(int column) const { return flows + column * (most_steps + order + 1); }

  private:
    aligned_buffer<LaneRow> memory_;
};

} // namespace timeloom::detail
