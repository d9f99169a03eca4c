#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"

#include "timeloom/runtime/arima/polynomials/expanded_polynomials.hpp"
#include "timeloom/runtime/arima/polynomials/small_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

/// Where less than this share is left of a sum it is mostly rounding, as where roots of both polynomials meet
/// at the unit circle; values there are none.
constexpr double fewest_digits = 1e-10;

} // namespace

LikelihoodTile::LikelihoodTile(const plan::LagFilterKernels& kernels, const TileShape& shape,
                               const LaneTable& loops)
    : calls_(kernels), shape_(shape), p_(shape.has_presample() ? shape.orders.ar_degree() : 0),
      q_(shape.has_presample() ? shape.orders.ma_degree() : 0),
      columns_(1 + shape.missing + shape.regressors),
      presample_(p_ > 0 ? expanded_lags(shape.orders, false) : std::vector<int>{},
                 q_ > 0 ? expanded_lags(shape.orders, true) : std::vector<int>{},
                 shape.filtered ? 1 + shape.regressors : columns_, shape.filtered ? 0 : shape.missing,
                 shape.longest_dense_presample),
      lanes_(loops) {
    const auto parameters = static_cast<std::size_t>(std::max(1, kernels.filter.parameters()));
    coefficients_ = aligned_buffer<LaneRow>(parameters);
    gradient_ = aligned_buffer<LaneRow>(parameters);
    product_ = aligned_buffer<LaneRow>(
        static_cast<std::size_t>(std::max(shape.orders.ar_degree(), shape.orders.ma_degree()) + 1));
    observations_.lane.fill(1.0);
    if (shape.filtered) {
        make_gaps();
        return;
    }
    sums_ = aligned_buffer<LaneRow>(parameters * static_cast<std::size_t>(2 + 2 * shape.missing));
    data_ = make_columns(columns_, shape.pieces ? 1 : columns_, false, most_rows());
    data_.in_pieces = shape.pieces;
    if (q_ > 0) {
        make_impulse(1024);
    }
    if (columns_ > 1 && !shape.pieces) {
        filled_ = make_columns(1, 1, false, most_rows());
    }
    if (shape.missing > 0) {
        combined_ = make_columns(2 * shape.missing, 2 * shape.missing, true, most_rows());
    }
}

/// Rows for the longest series, or for a piece of it.
int LikelihoodTile::most_rows() const {
    const int all = shape_.most_steps + q_;
    const int in_lane = shape_.pieces ? (all + static_cast<int>(lanes) - 1) / static_cast<int>(lanes) : all;
    // CSS begins later, and so ends later when rounded up.
    return whole_runs(in_lane) + (shape_.conditional ? plan::filter_unroll : 0);
}

LikelihoodTile::Columns LikelihoodTile::make_columns(int count, int before_count, bool with_source,
                                                     int rows) const {
    const int reach = std::max({calls_.reach(), p_, q_});
    Columns columns{{rows, reach, count}, {}, {}, {}};
    for (int i = 0; i < calls_.stages(); ++i) {
        columns.after.emplace_back(rows, reach, count);
        columns.before.emplace_back(rows, reach, before_count);
    }
    if (with_source) {
        columns.source = {rows, reach, count};
    }
    return columns;
}

/// Room for the impulse response, which most often dies out long before the series ends.
void LikelihoodTile::make_impulse(int rows) {
    impulse_ = {}; // its memory first
    impulse_rows_ = std::min(rows, most_rows());
    impulse_ = make_columns(2, 2, true, impulse_rows_);
    impulse_.input.column(0)[0].lane.fill(1.0);
}

void LikelihoodTile::set_series(std::size_t lane, std::span<const double> w, std::span<const double> columns,
                                const FilteredGaps& gaps) {
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
    steps_ = whole_runs(*std::ranges::max_element(lengths_) + q_);
    if (shape_.filtered) {
        observations_[lane] -= static_cast<double>(gaps.places.size());
        set_gaps(lane, gaps);
    }
}

double LikelihoodTile::column_coefficient(std::size_t lane, int column) const {
    const int unknown = shape_.filtered ? column - shape_.missing : q_ + column;
    const double z = presample_.solution[unknown][lane];
    return column < shape_.missing ? z : -z;
}

std::vector<double> LikelihoodTile::regressor_covariance(std::size_t lane) const {
    const auto r = static_cast<std::size_t>(shape_.regressors);
    const int first = presample_.missing;
    // The regressors come last, so (L L')⁻¹ of their block of M's factor is their block of M⁻¹.
    std::vector<double> product(r * r);
    for (int i = 0; i < shape_.regressors; ++i) {
        for (int j = 0; j < shape_.regressors; ++j) {
            for (int k = 0; k <= std::min(i, j); ++k) {
                const auto factor = [&](int row) {
                    const double value = presample_.column_factor(first + row, first + k)[lane];
                    return row == k ? 1.0 / value : value;
                };
                product[static_cast<std::size_t>(i * shape_.regressors + j)] += factor(i) * factor(j);
            }
        }
    }
    return inverse_of_positive_definite(product, r);
}

void LikelihoodTile::expand_polynomials() {
    const plan::LagFilter& kernels = calls_.filter();
    if (shape_.conditional) {
        presample_.a[0].lane.fill(1.0);
        presample_.c[0].lane.fill(1.0);
        return;
    }
    expand(factor_rows(coefficients_.data(), kernels, shape_.orders, false), -1.0,
           shape_.filtered ? gaps_.phi : presample_.a);
    expand(factor_rows(coefficients_.data(), kernels, shape_.orders, true), 1.0,
           shape_.filtered ? gaps_.theta : presample_.c);
}

/// Runs columns through the filter for `steps` steps, and ends each lane with its series.
void LikelihoodTile::run_forward(Columns& columns, int first, int count, int steps) {
    const int start = shape_.conditional ? shape_.orders.ar_degree() : 0;
    const ColumnRange range{&columns.input, first, count};
    if (columns.in_pieces) {
        forward_in_pieces(columns, first, count, steps);
        end_series(columns.after.back(), first, count, steps);
        return;
    }
    calls_.set_steps(steps);
    calls_.forward(coefficients_.data(), range, columns.after);
    if (start > 0) {
        // The autoregressive part needs the series before `start`, the moving-average part nothing.
        const auto multiplied = static_cast<std::size_t>(
            std::ranges::count(plan::factors(calls_.filter()), false, &plan::LagFactor::moving_average));
        for (std::size_t i = std::max<std::size_t>(1, multiplied) - 1; i < columns.after.size(); ++i) {
            for (int k = first; k < first + count; ++k) {
                std::fill_n(columns.after[i].column(k), start, LaneRow{});
            }
        }
        calls_.set_window(start, whole_runs(steps - start));
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
    int done = 0, living = 0; // steps
    while (done < steps_ && (done == 0 || done - living < reach)) {
        if (done == impulse_rows_) {
            make_impulse(4 * impulse_rows_);
            done = living = 0;
        }
        const int count = std::min({chunk, steps_ - done, impulse_rows_ - done});
        calls_.set_window(done, count);
        calls_.forward(coefficients_.data(), {&impulse_.input, 0, 1}, impulse_.after);
        for (const SeriesBlock& block : impulse_.after) {
            const std::size_t above =
                lanes_.rows_above(static_cast<std::size_t>(count), block.column(0) + done, negligible);
            living = above > 0 ? std::max(living, done + static_cast<int>(above)) : living;
        }
        done += count;
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
        }
        calls_.adjoint(coefficients_.data(), {&impulse_.after.back(), 0, 1}, impulse_.before);
        // As many columns at once as there is room for.
        const int count = data_.before.front().columns();
        for (int k = 0; k < columns_; k += count) {
            calls_.adjoint(coefficients_.data(), {&data_.after.back(), k, count}, data_.before, 0);
            for (int i = 0; i < count; ++i) {
                std::copy_n(data_.before.front().column(i), q_, presample_.correlation + (k + i) * q_);
            }
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
    const int first = q_ > 0 ? 0 : std::min(p_, steps_);
    for (int k = 0; k < columns_; ++k) {
        std::copy_n(data_.input.column(k), p_, presample_.start + k * p_);
        for (int l = 0; l <= k; ++l) {
            LaneRow& sum = presample_.gram[k * columns_ + l];
            sum = {};
            lanes_.dot(static_cast<std::size_t>(steps_ - first), data_.after.back().column(k) + first,
                       data_.after.back().column(l) + first, sum);
            presample_.gram[l * columns_ + k] = sum;
        }
    }
}

/// Zeros where fill_series() put the presample.
void LikelihoodTile::clear_presample() {
    if (shape_.pieces && columns_ > 1) {
        put_piece(0, series_in_pieces_);
    } else if (shape_.pieces) {
        std::for_each_n(data_.input.column(0), q_, [](LaneRow& row) { row[0] = 0; });
    } else {
        std::fill_n(data_.input.column(0), q_, LaneRow{});
    }
}

void LikelihoodTile::evaluate() {
    expand_polynomials();
    if (shape_.filtered) {
        evaluate_filtered();
        return;
    }
    if (shape_.pieces || q_ > 0) {
        clear_presample();
    }
    if (q_ > 0) {
        run_impulse();
    }
    run_forward(data_, 0, columns_, steps_);
    collect_products();
    if (shape_.pieces) {
        gather_pieces();
    }
    lanes_.solve(presample_);
    set_value();
}

/// f from S and log|Σ|, and ∂f/∂S.
void LikelihoodTile::set_value() {
    for (std::size_t l = 0; l < lanes; ++l) {
        const double n = observations_[l];
        const double sum_of_squares = (*presample_.sum_of_squares)[l];
        value_[l] = 0.5 * (n * std::log(sum_of_squares / n) + (*presample_.log_determinant)[l]);
        if (!((*presample_.digits)[l] > fewest_digits)) {
            value_[l] = std::numeric_limits<double>::quiet_NaN();
        }
        (*presample_.weight)[l] = 0.5 * n / sum_of_squares;
    }
}

} // namespace timeloom::detail
