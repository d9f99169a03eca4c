// The likelihood of series with missing values that a filter integrates out.
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

} // namespace

/// Bits of the lane; a shorter series than the one before leaves nothing after its end.
void LikelihoodTile::set_gaps(std::size_t lane, const FilteredGaps& gaps) {
    const auto bit = static_cast<std::uint8_t>(1u << lane);
    gaps_.missing.resize(static_cast<std::size_t>(gaps_.most_steps));
    gaps_.observed.resize(static_cast<std::size_t>(gaps_.most_steps));
    for (std::size_t t = 0; t < gaps_.missing.size(); ++t) {
        gaps_.missing[t] &= static_cast<std::uint8_t>(~bit);
        gaps_.observed[t] &= static_cast<std::uint8_t>(~bit);
        if (t < static_cast<std::size_t>(lengths_[lane] + q_)) {
            gaps_.observed[t] |= bit;
        }
    }
    for (const std::size_t place : gaps.places) {
        const std::size_t t = place + static_cast<std::size_t>(q_);
        gaps_.missing[t] |= bit;
        gaps_.observed[t] &= static_cast<std::uint8_t>(~bit);
    }
    for (std::size_t k = 0; k < delta_.size(); ++k) {
        delta_[k][lane] = k < gaps.delta.size() ? gaps.delta[k] : k == 0 ? 1.0 : 0.0;
    }
    gaps_.steps = steps_;
    const auto first = std::ranges::find_if(gaps_.missing, [](std::uint8_t bits) { return bits != 0; });
    gaps_.first = std::min(static_cast<int>(first - gaps_.missing.begin()), steps_);
}

/// α = φ δ.
void LikelihoodTile::expand_gaps() {
    for (int i = 0; i < gaps_.order; ++i) {
        gaps_.theta[i] = i < q_ ? presample_.c[i + 1] : LaneRow{};
        gaps_.alpha[i] = {};
        for (int k = std::max(0, i + 1 - p_); k <= std::min(shape_.lost, i + 1); ++k) {
            for (std::size_t l = 0; l < lanes; ++l) {
                gaps_.alpha[i][l] += delta_[static_cast<std::size_t>(k)][l] * presample_.a[i + 1 - k][l];
            }
        }
    }
}

void LikelihoodTile::filter_gaps() {
    for (int k = 0; k < columns_; ++k) {
        gaps_.residuals[static_cast<std::size_t>(k)] = data_.after.back().column(k);
    }
    gaps_.impulse_steps = 0;
    if (q_ > 0) {
        LaneRow* response = impulse_.after.back().column(0);
        std::fill(response + impulse_steps_, response + steps_, LaneRow{});
        gaps_.impulse_steps = impulse_steps_;
        for (int i = 0; i < q_; ++i) {
            gaps_.residuals[static_cast<std::size_t>(columns_ + i)] = response - i;
        }
    }
    lanes_.filter_gaps(gaps_);
}

/// What the normal matrix is made of, with prediction errors in place of residuals.
void LikelihoodTile::collect_filtered_products() {
    const auto product = [&](int k, int l, int first, int last) {
        LaneRow sum;
        if (last > first) {
            lanes_.weighted_dot(static_cast<std::size_t>(last - first), gaps_.weights + first,
                                gaps_.column_errors(k) + first, gaps_.column_errors(l) + first, sum);
        }
        return sum;
    };
    const int first = q_ > 0 ? 0 : std::min(p_, steps_);
    for (int k = 0; k < columns_; ++k) {
        std::copy_n(data_.input.column(k), p_, presample_.start + k * p_);
        for (int l = 0; l <= k; ++l) {
            presample_.gram[k * columns_ + l] = presample_.gram[l * columns_ + k] =
                product(k, l, first, steps_);
        }
        for (int i = 0; i < q_; ++i) {
            presample_.correlation[k * q_ + i] = product(k, columns_ + i, 0, gaps_.unit_steps);
        }
    }
    for (int i = 0; i < q_; ++i) {
        for (int j = 0; j <= i; ++j) {
            presample_.unit_products[i * q_ + j] = product(columns_ + i, columns_ + j, 0, gaps_.unit_steps);
        }
    }
    if (q_ > 0) {
        presample_.covariance[0] = presample_.unit_products[0];
    }
}

void LikelihoodTile::flow_back_gaps(const LaneRow& weight) {
    Columns& filled = columns_ > 1 ? filled_ : data_;
    // The errors of the filled series are sums of the columns'.
    for (int i = 0; i < presample_.unknowns(); ++i) {
        const int column = i < q_ ? columns_ + i : i - q_ + 1;
        const int steps = i < q_ ? gaps_.unit_steps : steps_;
        lanes_.add_scaled(static_cast<std::size_t>(steps), presample_.solution[i],
                          gaps_.column_errors(column), gaps_.column_errors(0));
    }
    gaps_.inverse = presample_.inverse;
    gaps_.inverse_stride = presample_.unknowns();
    gaps_.integrated = shape_.missing;
    gaps_.filled_residuals = filled.after.back().column(0);
    gaps_.filled_weight = &weight;
    gaps_.sources.assign(1, filled.source.column(0));
    for (int k = 1; k <= shape_.missing; ++k) {
        gaps_.sources.push_back(data_.source.column(k));
    }
    lanes_.flow_back_gaps(gaps_);
}

void LikelihoodTile::add_gap_gradient() {
    flow_back_gaps(*presample_.weight);
    Columns& filled = columns_ > 1 ? filled_ : data_;
    add_gradient(filled, 0, filled.source, filled.before, 0, 1, steps_, lane_ones);
    if (shape_.missing > 0) {
        add_gradient(data_, 1, data_.source, data_.before, 1, shape_.missing, steps_, lane_ones);
    }
    if (q_ > 0) {
        std::copy_n(gaps_.impulse_source, impulse_steps_, impulse_.source.column(0));
        add_gradient(impulse_, 0, impulse_.source, impulse_.before, 0, 1, impulse_steps_, lane_ones);
    }
    for (int i = 0; i < q_; ++i) {
        lanes_.add_scaled(1, lane_ones, gaps_.theta_gradient + i, presample_.c_gradient + i + 1);
    }
    for (int j = 1; j <= p_; ++j) {
        for (int k = 0; k <= shape_.lost && j + k <= gaps_.order; ++k) {
            lanes_.add_scaled(1, delta_[static_cast<std::size_t>(k)], gaps_.alpha_gradient + j + k - 1,
                              presample_.a_gradient + j);
        }
    }
}

std::vector<double> LikelihoodTile::missing_values(std::size_t lane) {
    std::vector<double> values;
    for (int k = 0; k < shape_.missing; ++k) {
        values.push_back(column_coefficient(lane, k));
    }
    if (shape_.filtered) {
        fill_series();
        flow_back_gaps(lane_halves); // ε given all observations, which is ½ ∂S/∂r
        const std::vector<double> moves = gap_moves(lane);
        values.insert(values.end(), moves.begin(), moves.end());
    }
    return values;
}

/// The moves u by which the residuals become ε.
std::vector<double> LikelihoodTile::gap_moves(std::size_t lane) const {
    const auto order = static_cast<std::size_t>(gaps_.order);
    std::vector<double> moves, state(order + 1);
    for (int t = 0; t < gaps_.steps; ++t) {
        const bool is_gap = (gaps_.missing[static_cast<std::size_t>(t)] >> lane & 1) != 0;
        const double first = state[0];
        const double error = is_gap ? gaps_.sources[0][t][lane] - gaps_.filled_residuals[t][lane] : first;
        const double move = error - first;
        for (std::size_t i = 0; i < order; ++i) {
            state[i] = state[i + 1] + gaps_.alpha[i][lane] * move - gaps_.theta[i][lane] * error;
        }
        if (is_gap) {
            moves.push_back(move);
        }
    }
    return moves;
}

} // namespace timeloom::detail
