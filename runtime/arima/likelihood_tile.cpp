#include "timeloom/runtime/arima/likelihood_tile.hpp"

#include "timeloom/runtime/arima/small_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

namespace {

constexpr std::size_t lanes = dsl::series_lanes;

int round_up(int steps) { return (steps + dsl::filter_unroll - 1) / dsl::filter_unroll * dsl::filter_unroll; }

const LaneRow ones = [] {
    LaneRow row;
    row.lane.fill(1.0);
    return row;
}();

/// The factors of a filter as the expanded polynomial needs them.
struct FactorRows {
    const LaneRow* terms;
    int count;
    const LaneRow* seasonal_terms;
    int seasonal_count;
    int period;
    double sign;
};

FactorRows factor_rows(const LaneRow* coefficients, const dsl::lag_filter& kernels,
                       const dsl::lag_filter& orders, bool moving_average) {
    const int first = moving_average ? kernels.p + kernels.seasonal_p : 0;
    const int seasonal = first + (moving_average ? kernels.q : kernels.p);
    return {coefficients + first,    moving_average ? orders.q : orders.p,
            coefficients + seasonal, moving_average ? orders.seasonal_q : orders.seasonal_p,
            orders.seasonal_period,  moving_average ? 1.0 : -1.0};
}

/// Product of the two factors: out[0] = 1, …
void expand(const FactorRows& f, LaneRow* out) {
    const int degree = f.count + f.period * f.seasonal_count;
    std::fill_n(out, degree + 1, LaneRow{});
    for (int j = 0; j <= f.seasonal_count; ++j) {
        for (int i = 0; i <= f.count; ++i) {
            for (std::size_t l = 0; l < lanes; ++l) {
                const double a = i == 0 ? 1.0 : f.sign * f.terms[i - 1][l];
                const double b = j == 0 ? 1.0 : f.sign * f.seasonal_terms[j - 1][l];
                out[i + f.period * j][l] += a * b;
            }
        }
    }
}

/// Adds ∂f/∂terms of both factors to `gradient`, whose rows lie as the coefficients do.
void flow_back_expansion(const FactorRows& f, const LaneRow* source, LaneRow* terms,
                         LaneRow* seasonal_terms) {
    for (int j = 0; j <= f.seasonal_count; ++j) {
        for (int i = 0; i <= f.count; ++i) {
            for (std::size_t l = 0; l < lanes; ++l) {
                const double flow = f.sign * source[i + f.period * j][l];
                if (i > 0) {
                    terms[i - 1][l] += flow * (j == 0 ? 1.0 : f.sign * f.seasonal_terms[j - 1][l]);
                }
                if (j > 0) {
                    seasonal_terms[j - 1][l] += flow * (i == 0 ? 1.0 : f.sign * f.terms[i - 1][l]);
                }
            }
        }
    }
}

} // namespace

LikelihoodTile::LikelihoodTile(const LagFilterKernels& kernels, const TileShape& shape,
                               const LaneTable& loops)
    : calls_(kernels), shape_(shape), p_(shape.conditional ? 0 : shape.orders.ar_degree()),
      q_(shape.conditional ? 0 : shape.orders.ma_degree()), columns_(1 + shape.missing + shape.regressors),
      presample_(p_, q_, columns_, shape.missing), lanes_(loops) {
    const auto parameters = static_cast<std::size_t>(std::max(1, kernels.filter.parameters()));
    coefficients_ = aligned_buffer<LaneRow>(parameters);
    gradient_ = aligned_buffer<LaneRow>(parameters);
    sums_ = aligned_buffer<LaneRow>(parameters * static_cast<std::size_t>(2 + 2 * shape.missing));
    data_ = make_columns(columns_);
    if (q_ > 0) {
        impulse_ = make_columns(2);
        impulse_.input.column(0)[0].lane.fill(1.0);
    }
    if (columns_ > 1) {
        filled_ = make_columns(1);
    }
    if (shape.missing > 0) {
        combined_ = make_columns(2 * shape.missing);
    }
    observations_.lane.fill(1.0);
}

LikelihoodTile::Columns LikelihoodTile::make_columns(int count) const {
    // CSS begins later, and so ends later when rounded up.
    const int steps = round_up(shape_.most_steps + q_) + (shape_.conditional ? dsl::filter_unroll : 0);
    const SeriesBlock block(steps, std::max({calls_.reach(), p_, q_}), count);
    const std::vector<SeriesBlock> stages(static_cast<std::size_t>(calls_.stages()), block);
    return {block, stages, block, stages};
}

void LikelihoodTile::set_series(std::size_t lane, std::span<const double> w,
                                std::span<const double> columns) {
    for (int k = 0; k < columns_; ++k) {
        LaneRow* rows = data_.input.column(k) + q_;
        const double* values =
            k == 0 ? w.data() : columns.data() + static_cast<std::size_t>(k - 1) * w.size();
        for (std::size_t t = 0; t < w.size(); ++t) {
            rows[t][lane] = values[t];
        }
        const auto after = static_cast<std::ptrdiff_t>(w.size());
        for (std::ptrdiff_t t = after; t < std::max<std::ptrdiff_t>(after, lengths_[lane]); ++t) {
            rows[t][lane] = 0.0;
        }
    }
    lengths_[lane] = static_cast<int>(w.size());
    const int first = shape_.conditional ? shape_.orders.ar_degree() : 0;
    observations_[lane] = static_cast<double>(lengths_[lane] - shape_.missing - first);
    steps_ = round_up(*std::ranges::max_element(lengths_) + q_);
}

double LikelihoodTile::column_coefficient(std::size_t lane, int column) const {
    const double z = presample_.solution[q_ + column][lane];
    return column < shape_.missing ? z : -z;
}

std::vector<double> LikelihoodTile::regressor_covariance(std::size_t lane) const {
    const auto r = static_cast<std::size_t>(shape_.regressors);
    const int n = presample_.unknowns();
    const int first = n - shape_.regressors;
    // The regressors come last, so (L L')⁻¹ of their block of M's factor is their block of M⁻¹.
    std::vector<double> product(r * r);
    for (int i = 0; i < shape_.regressors; ++i) {
        for (int j = 0; j < shape_.regressors; ++j) {
            for (int k = 0; k <= std::min(i, j); ++k) {
                const auto factor = [&](int row) {
                    const double value = presample_.factor[(first + row) * n + first + k][lane];
                    return row == k ? 1.0 / value : value;
                };
                product[static_cast<std::size_t>(i * shape_.regressors + j)] += factor(i) * factor(j);
            }
        }
    }
    return inverse_of_positive_definite(product, r);
}

void LikelihoodTile::expand_polynomials() {
    const dsl::lag_filter& kernels = calls_.filter();
    if (shape_.conditional) {
        presample_.a[0].lane.fill(1.0);
        presample_.c[0].lane.fill(1.0);
        return;
    }
    expand(factor_rows(coefficients_.data(), kernels, shape_.orders, false), presample_.a);
    expand(factor_rows(coefficients_.data(), kernels, shape_.orders, true), presample_.c);
}

/// Runs columns through the filter for `steps` steps, and ends each lane with its series.
void LikelihoodTile::run_forward(Columns& columns, int first, int count, int steps) {
    const int start = shape_.conditional ? shape_.orders.ar_degree() : 0;
    const ColumnRange range{&columns.input, first, count};
    calls_.set_steps(steps);
    calls_.forward(coefficients_.data(), range, columns.after);
    if (start > 0) {
        // The autoregressive part needs the series before `start`, the moving-average part nothing.
        const auto multiplied =
            static_cast<std::size_t>((calls_.filter().p > 0) + (calls_.filter().seasonal_p > 0));
        for (std::size_t i = std::max<std::size_t>(1, multiplied) - 1; i < columns.after.size(); ++i) {
            for (int k = first; k < first + count; ++k) {
                std::fill_n(columns.after[i].column(k), start, LaneRow{});
            }
        }
        calls_.set_window(start, round_up(steps - start));
        calls_.forward(coefficients_.data(), range, columns.after);
    }
    end_series(columns.after.back(), first, count, steps);
}

/// Zeros in the residuals after the end of each lane's series.
void LikelihoodTile::end_series(SeriesBlock& residuals, int first, int count, int steps) {
    for (std::size_t l = 0; l < lanes; ++l) {
        for (int k = first; k < first + count; ++k) {
            for (int t = lengths_[l] + q_; t < steps; ++t) {
                residuals.column(k)[t][l] = 0.0;
            }
        }
    }
}

/// The impulse response ρ, until it has died out in all lanes.
void LikelihoodTile::run_impulse() {
    constexpr double negligible = 1e-14;
    constexpr int chunk = 32;
    const int reach = calls_.reach();
    int done = 0;
    bool lives = true;
    while (done < steps_ && lives) {
        const int count = std::min(chunk, steps_ - done);
        calls_.set_window(done, count);
        calls_.forward(coefficients_.data(), {&impulse_.input, 0, 1}, impulse_.after);
        done += count;
        lives = false;
        for (const SeriesBlock& block : impulse_.after) {
            lives = lives || lanes_.any_above(static_cast<std::size_t>(std::min(done, reach)),
                                              block.column(0) + std::max(0, done - reach), negligible);
        }
    }
    impulse_steps_ = done;
    end_series(impulse_.after.back(), 0, 1, done);
}

/// Everything that the normal matrix is made of.
void LikelihoodTile::collect_products() {
    if (q_ > 0) {
        // Products with shifts of ρ: the adjoint filter over ρ and over the residuals, as far as ρ reaches.
        calls_.set_steps(impulse_steps_);
        for (Columns* columns : {&impulse_, &data_}) {
            for (SeriesBlock& block : columns->before) {
                block.clear_after(impulse_steps_);
            }
            const int count = columns == &data_ ? columns_ : 1;
            calls_.adjoint(coefficients_.data(), {&columns->after.back(), 0, count}, columns->before);
        }
        for (int k = 0; k < columns_; ++k) {
            std::copy_n(data_.before.front().column(k), q_, presample_.correlation + k * q_);
        }
        std::copy_n(impulse_.before.front().column(0), q_, presample_.covariance);
        const LaneRow* response = impulse_.after.back().column(0);
        for (int k = 0; k < q_; ++k) {
            for (std::size_t l = 0; l < lanes; ++l) {
                const int t = lengths_[l] + q_ - 1 - k;
                presample_.tail[k][l] = t < impulse_steps_ ? response[t][l] : 0.0;
            }
        }
    }
    for (int k = 0; k < columns_; ++k) {
        std::copy_n(data_.input.column(k), p_, presample_.start + k * p_);
        for (int l = 0; l <= k; ++l) {
            LaneRow& sum = presample_.gram[k * columns_ + l];
            sum = {};
            lanes_.dot(static_cast<std::size_t>(steps_), data_.after.back().column(k),
                       data_.after.back().column(l), sum);
            presample_.gram[l * columns_ + k] = sum;
        }
    }
}

void LikelihoodTile::evaluate() {
    expand_polynomials();
    if (q_ > 0) {
        std::fill_n(data_.input.column(0), q_, LaneRow{}); // where fill_series() put the presample
        run_impulse();
    }
    run_forward(data_, 0, columns_, steps_);
    collect_products();
    lanes_.solve(presample_);
    for (std::size_t l = 0; l < lanes; ++l) {
        const double n = observations_[l];
        const double sum_of_squares = (*presample_.sum_of_squares)[l];
        value_[l] = 0.5 * (n * std::log(sum_of_squares / n) + (*presample_.log_determinant)[l]);
        (*presample_.weight)[l] = 0.5 * n / sum_of_squares;
    }
}

/// The series with the presample as it is best, less its columns; and what the filter makes of it. Without
/// columns only the effect of the presample is new, and that dies out.
void LikelihoodTile::fill_series() {
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
    calls_.set_window(start, round_up(steps - start));
    if (calls_.needs_adjoint()) {
        calls_.adjoint(coefficients_.data(), {&source, source_first, count}, before);
    }
    if (start > 0) {
        flow_back_before_start(source, before, start);
    }
    calls_.set_steps(steps);
    calls_.gradient({&columns.input, first, count}, columns.after, first, before, source_first,
                    {&source, source_first, count}, sums_.data());
    const int parameters = calls_.filter().parameters();
    for (int i = 0; i < count * parameters; ++i) {
        lanes_.add_scaled(1, factor, &sums_[static_cast<std::size_t>(i)],
                          &gradient_[static_cast<std::size_t>(i % parameters)]);
    }
}

/// ∂f/∂S · ∂S: S is the sum of squares of the residuals of the filled series, and where it is least the
/// presample and the regressors' coefficients do not move it.
void LikelihoodTile::add_filled_gradient() {
    Columns& filled = columns_ > 1 ? filled_ : data_;
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
    add_gradient(impulse_, 0, impulse_.source, impulse_.before, 0, 2, impulse_steps_, ones);
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
        add_gradient(combined_, 0, combined_.source, combined_.before, 0, missing, steps_, ones);
    }
    add_gradient(data_, 1, combined_.source, combined_.before, missing, missing, steps_, ones);
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
    fill_series();
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
