// One long series in a tile: its time in eight pieces in the lanes. Filters begin each piece with zeros
// before it, and then once more where it begins, with the end of the piece before it there: by then they have
// forgotten how that one began.
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

void fill_with_first(LaneRow& row) { row.lane.fill(row[0]); }

double sum_of(const LaneRow& row) { return std::accumulate(row.lane.begin(), row.lane.end(), 0.0); }

/// The ends of pieces before those that follow them.
void link(SeriesBlock& block, int first, int count, int steps) {
    for (int k = first; k < first + count; ++k) {
        for (int t = 1; t <= block.reach(); ++t) {
            for (std::size_t l = 1; l < lanes; ++l) {
                block.column(k)[-t][l] = block.column(k)[steps - t][l - 1];
            }
        }
    }
}

/// The beginnings of pieces after those that they follow.
void link_back(SeriesBlock& block, int steps) {
    for (int t = 0; t < block.reach(); ++t) {
        for (std::size_t l = 0; l < lanes; ++l) {
            block.column(0)[steps + t][l] = l + 1 < lanes ? block.column(0)[t][l + 1] : 0.0;
        }
    }
}

} // namespace

/// With what is before and after each piece, and zeros in the presample.
void LikelihoodTile::put_piece(int column, std::span<const double> values) {
    LaneRow* rows = data_.input.column(column);
    for (int t = -data_.input.reach(); t < steps_; ++t) {
        for (std::size_t l = 0; l < lanes; ++l) {
            const auto at = static_cast<std::ptrdiff_t>(l) * steps_ + t - q_;
            const bool is_there = at >= 0 && at < std::ssize(values);
            rows[t][l] = is_there ? values[static_cast<std::size_t>(at)] : 0.0;
        }
    }
}

void LikelihoodTile::set_pieces(std::span<const double> w, std::span<const double> columns) {
    series_in_pieces_ = w;
    const int all = static_cast<int>(w.size()) + q_;
    steps_ = whole_runs((all + static_cast<int>(lanes) - 1) / static_cast<int>(lanes));
    for (int k = 0; k < columns_; ++k) {
        put_piece(k, k == 0 ? w : columns.subspan(static_cast<std::size_t>(k - 1) * w.size(), w.size()));
    }
    for (std::size_t l = 0; l < lanes; ++l) {
        lengths_[l] = std::clamp(all - static_cast<int>(l) * steps_, 0, steps_) - q_;
    }
    observations_.lane.fill(static_cast<double>(w.size()));
}

int LikelihoodTile::forgotten_after() const {
    return std::max(q_ > 0 ? impulse_steps_ : 0, whole_runs(data_.input.reach()));
}

bool LikelihoodTile::has_whole_pieces() const {
    return forgotten_after() + data_.input.reach() < std::min(steps_, lengths_[0] + q_);
}

/// All of it, or again the first steps of a series of which only the presample changed.
void LikelihoodTile::forward_in_pieces(Columns& columns, int first, int count, int steps) {
    const ColumnRange range{&columns.input, first, count};
    const bool all = steps == steps_;
    for (SeriesBlock& block : columns.after) {
        for (int k = first; all && k < first + count; ++k) {
            std::fill_n(block.column(k) - block.reach(), block.reach(), LaneRow{});
        }
    }
    calls_.set_steps(steps);
    calls_.forward(coefficients_.data(), range, columns.after);
    if (!all) {
        return;
    }
    for (SeriesBlock& block : columns.after) {
        link(block, first, count, steps_);
    }
    calls_.set_steps(std::min(forgotten_after(), steps_));
    calls_.forward(coefficients_.data(), range, columns.after);
}

void LikelihoodTile::adjoint_in_pieces(SeriesBlock& source, std::vector<SeriesBlock>& before, int steps) {
    if (!calls_.needs_adjoint()) {
        return;
    }
    link_back(source, steps);
    calls_.adjoint(coefficients_.data(), {&source, 0, 1}, before);
    for (SeriesBlock& block : before) {
        link_back(block, steps);
    }
    const int again = std::min(forgotten_after(), steps);
    calls_.set_window(steps - again, again);
    calls_.adjoint(coefficients_.data(), {&source, 0, 1}, before);
}

/// Makes the small problem that of the whole series, in every lane.
void LikelihoodTile::gather_pieces() {
    const int first = q_ > 0 ? 0 : std::min(p_, steps_);
    for (int i = 0; i < columns_ * columns_; ++i) {
        presample_.gram[i].lane.fill(sum_of(presample_.gram[i]));
    }
    // Without a presample the first values count as errors in the first piece only.
    for (int k = 0; k < columns_ && first > 0; ++k) {
        for (int l = 0; l < columns_; ++l) {
            LaneRow sum;
            lanes_.dot(static_cast<std::size_t>(first), data_.after.back().column(k),
                       data_.after.back().column(l), sum);
            const double more = sum_of(sum) - sum[0];
            for (double& value : presample_.gram[k * columns_ + l].lane) {
                value += more;
            }
        }
    }
    std::for_each_n(presample_.covariance, q_, fill_with_first);
    std::for_each_n(presample_.tail, q_, fill_with_first);
    std::for_each_n(presample_.correlation, columns_ * q_, fill_with_first);
    std::for_each_n(presample_.start, columns_ * p_, fill_with_first);
}

/// The series with its presample, less its columns, in its own place.
void LikelihoodTile::fill_pieces() {
    const int reach = data_.input.reach();
    LaneRow* rows = data_.input.column(0);
    for (int k = 1; k < columns_; ++k) {
        lanes_.add_scaled(static_cast<std::size_t>(steps_ + reach), presample_.solution[q_ + k - 1],
                          data_.input.column(k) - reach, rows - reach);
    }
    for (int i = 0; i < q_; ++i) {
        rows[i][0] = presample_.solution[i][0];
    }
    std::copy_n(rows, p_, presample_.filled_start);
    std::for_each_n(presample_.filled_start, p_, fill_with_first);
    if (columns_ > 1 || q_ > 0) {
        run_forward(data_, 0, 1, columns_ > 1 ? steps_ : impulse_steps_);
    }
}

} // namespace timeloom::detail
