#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/arima/polynomials/expanded_polynomials.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

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

/// S once more, where it is the difference of large numbers in solve(), as with roots of both kinds near the
/// unit circle: a sum of the squares of what the filled series' filter leaves, and before that of its first
/// values' prediction errors. Where z is not quite the best, that moves S by the square of what it lacks.
void LikelihoodTile::refine_value() {
    if (p_ == 0 || q_ == 0 || p_ > longest_dense_presample || shape_.pieces) {
        return;
    }
    const LaneRow* residuals = (columns_ > 1 ? filled_ : data_).after.back().column(0);
    LaneRow squares{};
    lanes_.dot(static_cast<std::size_t>(steps_ - p_), residuals + p_, residuals + p_, squares);
    std::array<LaneRow, longest_dense_presample> x; // the filled series over θ
    for (int t = 0; t < p_; ++t) {
        LaneRow& row = x[static_cast<std::size_t>(t)] = presample_.filled_start[t];
        for (const int lag : presample_.ma_lags) {
            for (std::size_t l = 0; l < lanes && lag <= t; ++l) {
                row[l] -= presample_.c[lag][l] * x[static_cast<std::size_t>(t - lag)][l];
            }
        }
    }
    LaneRow precision = lane_ones;
    for (int t = p_ - 1; t >= 0; --t) {
        const LaneRow& kappa = presample_.step_down[t * p_ + t]; // of order t + 1
        LaneRow error = x[static_cast<std::size_t>(t)];
        for (int i = 0; i < t; ++i) {
            const LaneRow& predictor = presample_.step_down[(t - 1) * p_ + i];
            for (std::size_t l = 0; l < lanes; ++l) {
                error[l] -= predictor[l] * x[static_cast<std::size_t>(t - 1 - i)][l];
            }
        }
        for (std::size_t l = 0; l < lanes; ++l) {
            precision[l] *= (1.0 - kappa[l]) * (1.0 + kappa[l]);
            squares[l] += precision[l] * error[l] * error[l];
        }
    }
    *presample_.sum_of_squares = squares;
    set_value();
}

/// CSS with several autoregressive factors: a later one reads what the others made of the series before the
/// first residual, so something flows back there, too.
void LikelihoodTile::flow_back_before_start(SeriesBlock& source, std::vector<SeriesBlock>& before,
                                            int start) {
    const plan::FactorList all = plan::factors(calls_.filter());
    const int last = static_cast<int>(std::ranges::count(all, false, &plan::LagFactor::moving_average)) - 1;
    const auto flow_after = [&](int i) {
        return static_cast<std::size_t>(i) + 1 < before.size() ? &before[static_cast<std::size_t>(i) + 1]
                                                               : &source;
    };
    for (int i = last; i > 0; --i) {
        const LaneRow* flow = flow_after(i)->column(0);
        LaneRow* rows = before[static_cast<std::size_t>(i)].column(0);
        if (i == last) {
            std::fill_n(rows, start, LaneRow{}); // the last one's own values are zero there
        } else {
            std::copy_n(flow, start, rows);
        }
        for (int j = 0; j < all[i].terms; ++j) {
            LaneRow coefficient = coefficients_[static_cast<std::size_t>(all[i].first + j)];
            for (double& c : coefficient.lane) {
                c = -c;
            }
            lanes_.add_scaled(static_cast<std::size_t>(start), coefficient, flow + all[i].lag * (j + 1),
                              rows);
        }
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

void LikelihoodTile::add_expanded_gradients(const LaneRow* of_ar, const LaneRow* of_ma) {
    const auto flow_back = [&](bool moving_average, double sign, const LaneRow* source) {
        flow_back_expansion(factor_rows(coefficients_.data(), calls_.filter(), shape_.orders, moving_average),
                            sign, source, product_.data(), gradient_.data());
    };
    flow_back(false, -1.0, of_ar);
    flow_back(true, 1.0, of_ma);
}

void LikelihoodTile::evaluate_gradient() {
    std::ranges::fill(gradient_, LaneRow{});
    if (calls_.filter().parameters() == 0) {
        return;
    }
    if (shape_.filtered) {
        add_gap_gradient();
        return;
    }
    lanes_.estimate_presample(presample_);
    fill_series();
    refine_value();
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
    add_expanded_gradients(presample_.a_gradient, presample_.c_gradient);
}

} // namespace timeloom::detail
