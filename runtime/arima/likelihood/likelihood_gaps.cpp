// The likelihood of series with missing values that a filter integrates out.
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/arima/polynomials/expanded_polynomials.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

} // namespace

void LikelihoodTile::make_gaps() {
    const std::vector<int> ar_lags = expanded_lags(shape_.orders, false),
                           ma_lags = expanded_lags(shape_.orders, true);
    gaps_ = GapFilter(ar_lags, ma_lags, shape_.lost, shape_.missing, shape_.regressors,
                      whole_runs(shape_.most_steps));
    gaps_.missing.resize(static_cast<std::size_t>(gaps_.most_steps));
    gaps_.observed.resize(static_cast<std::size_t>(gaps_.most_steps));
    delta_ = aligned_buffer<LaneRow>(static_cast<std::size_t>(shape_.lost + 1));
    data_.input = {gaps_.most_steps, std::max(1, gaps_.p), columns_};
    for (int k = 0; k < columns_; ++k) {
        gaps_.values.push_back(data_.input.column(k));
    }
    if (gaps_.p > 0) {
        filled_.input = {gaps_.most_steps, gaps_.p, 1};
        gaps_.filled_values = filled_.input.column(0);
    }
}

/// Bits of the lane; a shorter series than the one before leaves nothing after its end.
void LikelihoodTile::set_gaps(std::size_t lane, const FilteredGaps& gaps) {
    const auto bit = static_cast<std::uint8_t>(1u << lane);
    for (std::size_t t = 0; t < gaps_.missing.size(); ++t) {
        gaps_.missing[t] &= static_cast<std::uint8_t>(~bit);
        gaps_.observed[t] &= static_cast<std::uint8_t>(~bit);
        if (t < static_cast<std::size_t>(lengths_[lane])) {
            gaps_.observed[t] |= bit;
        }
    }
    for (const std::size_t t : gaps.places) {
        gaps_.missing[t] |= bit;
        gaps_.observed[t] &= static_cast<std::uint8_t>(~bit);
    }
    for (std::size_t k = 0; k < delta_.size(); ++k) {
        delta_[k][lane] = k < gaps.delta.size() ? gaps.delta[k] : k == 0 ? 1.0 : 0.0;
    }
    gaps_.steps = steps_;
    gaps_.find_seen();
    find_alpha_lags();
}

/// Those of the product of φ and δ.
void LikelihoodTile::find_alpha_lags() {
    gaps_.alpha_lags.clear();
    for (std::size_t k = 0; k < delta_.size(); ++k) {
        if (std::ranges::all_of(delta_[k].lane, [](double x) { return x == 0; })) {
            continue;
        }
        const int lag = static_cast<int>(k);
        gaps_.alpha_lags.push_back(lag);
        for (const int j : gaps_.ar_lags) {
            gaps_.alpha_lags.push_back(lag + j);
        }
    }
    std::ranges::sort(gaps_.alpha_lags);
    const auto doubles = std::unique(gaps_.alpha_lags.begin(), gaps_.alpha_lags.end());
    gaps_.alpha_lags.erase(doubles, gaps_.alpha_lags.end());
    gaps_.alpha_lags.erase(gaps_.alpha_lags.begin()); // that of 0
}

/// α = φ δ.
void LikelihoodTile::expand_gaps() {
    std::fill_n(gaps_.alpha, gaps_.order + 1, LaneRow{});
    for (int j = 0; j <= gaps_.p; ++j) {
        for (int k = 0; k <= shape_.lost; ++k) {
            lanes_.add_scaled(1, delta_[static_cast<std::size_t>(k)], gaps_.phi + j, gaps_.alpha + j + k);
        }
    }
}

/// What the normal matrix of the regressors is made of, with prediction errors in place of residuals.
void LikelihoodTile::collect_filtered_products() {
    const auto place = [&](int k) { return k == 0 ? 0 : shape_.missing + k; };
    const int count = 1 + shape_.regressors;
    for (int k = 0; k < count; ++k) {
        for (int l = 0; l <= k; ++l) {
            LaneRow sum{};
            lanes_.weighted_dot(static_cast<std::size_t>(steps_), gaps_.weights,
                                gaps_.column_errors(place(k)), gaps_.column_errors(place(l)), sum);
            presample_.gram[k * count + l] = presample_.gram[l * count + k] = sum;
        }
    }
}

void LikelihoodTile::evaluate_filtered() {
    expand_gaps();
    lanes_.filter_gaps(gaps_);
    collect_filtered_products();
    lanes_.solve(presample_);
    lanes_.add_scaled(1, lane_ones, gaps_.log_determinant, presample_.log_determinant);
    for (std::size_t l = 0; l < lanes; ++l) {
        (*presample_.digits)[l] = std::min((*presample_.digits)[l], (*gaps_.digits)[l]);
    }
    set_value();
}

/// Errors and values of the series less its regressors, and its early missing values.
void LikelihoodTile::fill_filtered() {
    const auto steps = static_cast<std::size_t>(steps_);
    const bool has_values = gaps_.p > 0;
    LaneRow* values = has_values ? filled_.input.column(0) : nullptr;
    const auto add = [&](const LaneRow& factor, int column) {
        if (has_values) {
            lanes_.add_scaled(steps, factor, data_.input.column(column), values);
        }
    };
    if (has_values) {
        std::copy_n(data_.input.column(0), steps_, values);
    }
    for (int k = 0; k < shape_.regressors; ++k) {
        const int column = 1 + shape_.missing + k;
        const LaneRow& z = presample_.solution[k];
        lanes_.add_scaled(steps, z, gaps_.column_errors(column), gaps_.column_errors(0));
        lanes_.add_scaled(static_cast<std::size_t>(shape_.missing), z,
                          gaps_.early_values + column * shape_.missing, gaps_.early_values);
        add(z, column);
    }
    for (int u = 0; u < shape_.missing; ++u) {
        add(gaps_.early_values[u], 1 + u);
    }
}

void LikelihoodTile::flow_back_gaps(const LaneRow& weight) {
    fill_filtered();
    gaps_.filled_weight = &weight;
    lanes_.flow_back_gaps(gaps_);
}

void LikelihoodTile::add_gap_gradient() {
    flow_back_gaps(*presample_.weight);
    LaneRow *of_ar = gaps_.phi_gradient, *of_alpha = gaps_.alpha_gradient;
    for (int j = 1; j <= gaps_.p; ++j) {
        for (int k = 0; k <= shape_.lost; ++k) {
            lanes_.add_scaled(1, delta_[static_cast<std::size_t>(k)], of_alpha + j + k, of_ar + j);
        }
    }
    add_expanded_gradients(of_ar, gaps_.theta_gradient);
}

std::vector<double> LikelihoodTile::missing_values(std::size_t lane) {
    std::vector<double> values;
    if (!shape_.filtered) {
        for (int k = 0; k < shape_.missing; ++k) {
            values.push_back(column_coefficient(lane, k));
        }
        return values;
    }
    flow_back_gaps(lane_halves); // ∂f/∂x is x, given all observations, times the inverse of its covariance
    for (int u = 0; u < shape_.missing; ++u) {
        values.push_back(gaps_.early_values[u][lane] + gaps_.early_moves[u][lane]);
    }
    const std::vector<double> moves = gap_moves(lane, values);
    values.insert(values.end(), moves.begin(), moves.end());
    return values;
}

/// The moves u by which x becomes what it is given all observations.
std::vector<double> LikelihoodTile::gap_moves(std::size_t lane, std::span<const double> early) const {
    const int m = gaps_.order;
    std::vector<double> moves, all(static_cast<std::size_t>(gaps_.steps));
    const auto covariance = [&](int t, int j) { // of x_t and x_{t+j}
        double c = gaps_.theta[j][lane];
        for (int i = 1; i + j <= gaps_.q; ++i) {
            c += gaps_.theta[i][lane] * gaps_.theta[i + j][lane];
        }
        return t < m && gaps_.p > 0 ? c + gaps_.start[t * (m + 1) + j][lane] : c;
    };
    std::vector<double> settled(static_cast<std::size_t>(m) + 1);
    for (int j = 0; j <= m; ++j) {
        settled[static_cast<std::size_t>(j)] = covariance(m, j);
    }
    for (int t = 0; t < lengths_[lane]; ++t) {
        if ((gaps_.missing[static_cast<std::size_t>(t)] >> lane & 1) == 0) {
            continue;
        }
        double move = 0; // x given all observations, less what it is
        for (int j = 0; j <= m; ++j) {
            const auto c = [&](int first) {
                return first < m ? covariance(first, j) : settled[static_cast<std::size_t>(j)];
            };
            if (t + j < gaps_.steps) {
                move += c(t) * gaps_.flows[t + j][lane];
            }
            if (j > 0 && t >= j) {
                move += c(t - j) * gaps_.flows[t - j][lane];
            }
        }
        const auto x = [&](int column) {
            double sum = 0;
            for (int l = 0; l <= gaps_.p; ++l) {
                sum += gaps_.phi[l][lane] * gaps_.values[static_cast<std::size_t>(column)][t - l][lane];
            }
            return sum;
        };
        move -= x(0);
        for (std::size_t u = 0; u < early.size(); ++u) {
            move -= early[u] * x(static_cast<int>(u) + 1);
        }
        for (const int l : gaps_.alpha_lags) {
            move -= l <= t ? gaps_.alpha[l][lane] * all[static_cast<std::size_t>(t - l)] : 0.0;
        }
        all[static_cast<std::size_t>(t)] = move;
        moves.push_back(move);
    }
    return moves;
}

} // namespace timeloom::detail
