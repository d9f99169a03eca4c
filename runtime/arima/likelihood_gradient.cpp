#include "timeloom/runtime/arima/expanded_polynomials.hpp"
#include "timeloom/runtime/arima/likelihood_tile.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom {

namespace {

constexpr std::size_t lanes = dsl::series_lanes;

} // namespace

/// The series with the presample as it is best, less its columns; and what the filter makes of it. Without
/// columns only the effect of the presample is new, and that dies out.
void LikelihoodTile::fill_series() {
    if (shape_.pieces) {
        fill_pieces();
        return;
    }
    Columns& filled = columns_ > 1 ? filled_ : data_;
    LaneRow* rows = filled.input.column(0);
    std::copy_n(presample_.solution, q_, rows);
    if (columns_ > 1) {
        std::copy_n(data_.input.column(0) + q_, steps_ - q_, rows + q_);
        for (int k = 1; k < columns_; ++k) {
            lanes_.add_scaled(static_cast<std::size_t>(steps_ - q_), presample_.solution[q_ + k - 1],
                              data_.input.column(k) + q_, rows + q_);
        }
    }
    std::copy_n(rows, p_, presample_.filled_start);
    const int changed = columns_ > 1 ? steps_ : q_ > 0 ? impulse_steps_ : 0;
    if (changed > 0) {
        run_forward(filled, 0, 1, changed);
    }
}

/// CSS with both autoregressive factors: the seasonal one reads what the other made of the series before the
/// first residual, so something flows back there, too.
void LikelihoodTile::flow_back_before_start(SeriesBlock& source, std::vector<SeriesBlock>& before,
                                            int start) {
    const dsl::lag_filter& f = calls_.filter();
    if (f.p == 0 || f.seasonal_p == 0) {
        return;
    }
    const SeriesBlock& flow = before.size() > 2 ? before[2] : source;
    std::fill_n(before[1].column(0), start, LaneRow{});
    for (int j = 0; j < f.seasonal_p; ++j) {
        LaneRow coefficient = coefficients_[static_cast<std::size_t>(f.p + j)];
        for (double& c : coefficient.lane) {
            c = -c;
        }
        lanes_.add_scaled(static_cast<std::size_t>(start), coefficient,
                          flow.column(0) + f.seasonal_period * (j + 1), before[1].column(0));
    }
}

/// gradient += factor · what a source on the residuals of some columns gives.
void LikelihoodTile::add_gradient(Columns& columns, int first, SeriesBlock& source,
                                  std::vector<SeriesBlock>& before, int source_first, int count, int steps,
                                  const LaneRow& factor) {
    const int start = shape_.conditional ? shape_.orders.ar_degree() : 0;
    source.clear_after(steps);
    for (SeriesBlock& block : before) {
        block.clear_after(steps);
    }
    calls_.set_window(start, whole_runs(steps - start));
    if (columns.in_pieces) {
        adjoint_in_pieces(source, before, steps);
    } else if (calls_.needs_adjoint()) {
        calls_.adjoint(coefficients_.data(), {&source, source_first, count}, before);
    }
    if (start > 0) {
        flow_back_before_start(source, before, start);
    }
    calls_.set_steps(steps);
    calls_.gradient({&columns.input, first, count}, columns.after, first, before, source_first,
                    {&source, source_first, count}, sums_.data());
    const int parameters = calls_.filter().parameters();
    for (int i = 0; columns.in_pieces && i < count * parameters; ++i) {
        LaneRow& sum = sums_[static_cast<std::size_t>(i)];
        sum.lane.fill(std::accumulate(sum.lane.begin(), sum.lane.end(), 0.0));
    }
    for (int i = 0; i < count * parameters; ++i) {
        lanes_.add_scaled(1, factor, &sums_[static_cast<std::size_t>(i)],
                          &gradient_[static_cast<std::size_t>(i % parameters)]);
    }
}

/// ∂f/∂S · ∂S: S is the sum of squares of the residuals of the filled series, and where it is least the
/// presample and the regressors' coefficients do not move it.
void LikelihoodTile::add_filled_gradient() {
    Columns& filled = columns_ > 1 && !shape_.pieces ? filled_ : data_;
    LaneRow factor;
    std::ranges::transform(presample_.weight->lane, factor.lane.begin(), [](double x) { return 2 * x; });
    add_gradient(filled, 0, filled.after.back(), filled.before, 0, 1, steps_, factor);
}

/// covariance = first q entries of P'P·impulse, so c = ∂f/∂covariance gives (∂P c)'ρ + (P c)'(∂P impulse);
/// the second source also gets ∂f/∂tail.
void LikelihoodTile::add_impulse_gradient() {
    const auto steps = static_cast<std::size_t>(impulse_steps_);
    std::copy_n(presample_.covariance_source, q_, impulse_.input.column(1));
    run_forward(impulse_, 1, 1, impulse_steps_);
    std::copy_n(impulse_.after.back().column(0), steps, impulse_.source.column(1));
    LaneRow* source = impulse_.source.column(0);
    std::copy_n(impulse_.after.back().column(1), steps, source);
    for (int k = 0; k < q_; ++k) {
        for (std::size_t l = 0; l < lanes; ++l) {
            const int t = lengths_[l] + q_ - 1 - k;
            if (t < impulse_steps_) {
                source[t][l] += presample_.tail_source[k][l];
            }
        }
    }
    add_gradient(impulse_, 0, impulse_.source, impulse_.before, 0, 2, impulse_steps_, lane_ones);
}

/// The determinant's share of the missing values' columns E: (∂P of the cross source)'E and, with the
/// combined source F = P (cross source + Σ weight · column), F'∂E.
void LikelihoodTile::add_missing_gradient() {
    const auto steps = static_cast<std::size_t>(steps_);
    const int missing = shape_.missing;
    for (int k = 0; k < missing; ++k) {
        LaneRow* cross = combined_.input.column(k);
        LaneRow* combined = combined_.input.column(missing + k);
        std::fill_n(combined, steps, LaneRow{});
        std::copy_n(presample_.cross_source + k * q_, q_, cross);
        std::copy_n(presample_.cross_source + k * q_, q_, combined);
        for (int l = 0; l < missing; ++l) {
            lanes_.add_scaled(steps - static_cast<std::size_t>(q_),
                              presample_.missing_source[k * missing + l], data_.input.column(1 + l) + q_,
                              combined + q_);
        }
        std::copy_n(data_.after.back().column(1 + k), steps, combined_.source.column(k));
    }
    run_forward(combined_, 0, 2 * missing, steps_);
    for (int k = 0; k < missing; ++k) {
        std::copy_n(combined_.after.back().column(missing + k), steps, combined_.source.column(missing + k));
    }
    if (q_ > 0) {
        add_gradient(combined_, 0, combined_.source, combined_.before, 0, missing, steps_, lane_ones);
    }
    add_gradient(data_, 1, combined_.source, combined_.before, missing, missing, steps_, lane_ones);
}

void LikelihoodTile::add_expanded_gradients() {
    const dsl::lag_filter& f = calls_.filter();
    LaneRow* g = gradient_.data();
    flow_back_expansion(factor_rows(coefficients_.data(), f, shape_.orders, false), presample_.a_gradient, g,
                        g + f.p);
    LaneRow* of_ma = g + f.p + f.seasonal_p;
    flow_back_expansion(factor_rows(coefficients_.data(), f, shape_.orders, true), presample_.c_gradient,
                        of_ma, of_ma + f.q);
}

void LikelihoodTile::evaluate_gradient() {
    std::ranges::fill(gradient_, LaneRow{});
    if (calls_.filter().parameters() == 0) {
        return;
    }
    lanes_.estimate_presample(presample_);
    fill_series();
    if (shape_.filtered) {
        lanes_.gradient(presample_);
        add_gap_gradient();
        add_expanded_gradients();
        return;
    }
    add_filled_gradient();
    if (shape_.conditional) {
        return;
    }
    lanes_.gradient(presample_);
    if (q_ > 0) {
        add_impulse_gradient();
    }
    if (shape_.missing > 0) {
        add_missing_gradient();
    }
    add_expanded_gradients();
}

} // namespace timeloom
