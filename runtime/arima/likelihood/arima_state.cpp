#include "timeloom/runtime/arima/likelihood/arima_state.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/lanes/square_root.hpp"
#include "timeloom/runtime/linear_algebra/vectors.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

/// factor · c_k for each lag k ≥ 1 of a polynomial with c_k ≠ 0.
std::vector<LagTerm> terms_of(const std::vector<double>& polynomial, double factor) {
    std::vector<LagTerm> terms;
    for (std::size_t k = 1; k < polynomial.size(); ++k) {
        if (polynomial[k] != 0) {
            terms.push_back({k, factor * polynomial[k]});
        }
    }
    return terms;
}

/// The part of values ahead that does not pass through the values before them: s_h = w_h - Σ φ_k w_{h-k}.
std::vector<double> parts_ahead(std::span<const double> values, const std::vector<LagTerm>& ar) {
    std::vector<double> parts(values.begin(), values.end());
    for (std::size_t h = 0; h < parts.size(); ++h) {
        for (const LagTerm& term : ar) {
            if (term.lag <= h) {
                parts[h] -= term.coefficient * values[h - term.lag];
            }
        }
    }
    return parts;
}

void add(double factor, std::span<const double> from, double* to) {
    for (std::size_t j = 0; j < from.size(); ++j) {
        to[j] += factor * from[j];
    }
}

} // namespace

std::size_t ArimaState::horizon_needed(const plan::ArimaOrders& orders) {
    return static_cast<std::size_t>(std::max(orders.filter().ar_degree(), orders.filter().ma_degree()));
}

ArimaState::ArimaState(const plan::ArimaOrders& orders, const std::vector<double>& coefficients, double mean,
                       const Innovations& known, const LastLevels& levels)
    : ar_(terms_of(expanded_polynomial(orders.filter(), coefficients, false), -1.0)),
      ma_(terms_of(expanded_polynomial(orders.filter(), coefficients, true), 1.0)),
      differencing_(terms_of(difference_polynomial(orders), -1.0)), constant_(mean),
      // Room for some missing values, so that columns are turned once for all of them.
      most_unknowns_((horizon_needed(orders) + static_cast<std::size_t>(orders.lost())) * 9 / 8 + 8),
      ahead_(horizon_needed(orders), most_unknowns_),
      levels_(static_cast<std::size_t>(orders.lost()), most_unknowns_), unseen_count_(levels.unseen.size()),
      unseen_(levels_.size(), unseen_count_), row_(most_unknowns_), level_row_(most_unknowns_),
      unseen_row_(unseen_count_), z_(most_unknowns_), of_w_(most_unknowns_) {
    const std::vector<double> parts =
        known.state ? known.state->ahead : parts_ahead(std::span(known.forecast).first(ahead_.size()), ar_);
    for (std::size_t i = 0; i < ahead_.size(); ++i) {
        ahead_.mean(i) = parts[i];
    }
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        const std::size_t from = levels.values.size() - 1 - i;
        levels_.mean(i) = levels.values[from];
        for (std::size_t k = 0; k < unseen_count_; ++k) {
            unseen_.effects(i)[k] = levels.unseen[k][from];
        }
    }
    set_unknowns(known, levels.effects);
    drop_negligible();
    predict();
}

void ArimaState::set_unknowns(const Innovations& known, const Rows& level_effects) {
    const std::size_t count = known.unknowns.size();
    if (known.state) {
        unknowns_ = known.state->effects.size();
        for (std::size_t j = 0; j < unknowns_; ++j) {
            for (std::size_t i = 0; i < ahead_.size(); ++i) {
                ahead_.effects(i)[j] = known.state->effects[j][i];
            }
        }
    }
    if (count == 0 || rows() == 0) {
        return;
    }
    Rows by_unknown; // what each adds to s_1, s_2, … and to the levels
    for (std::size_t u = 0; u < count; ++u) {
        std::vector<double> all = parts_ahead(std::span(known.unknown_forecast[u]).first(ahead_.size()), ar_);
        all.insert(all.end(), level_effects[u].rbegin(),
                   level_effects[u].rbegin() + static_cast<std::ptrdiff_t>(levels_.size()));
        by_unknown.push_back(std::move(all));
    }
    const Rows root = square_root(known.unknown_covariance, count);
    Rows independent(rows(), std::vector<double>(count));
    for (std::size_t i = 0; i < rows(); ++i) {
        for (std::size_t u = 0; u < count; ++u) {
            add(by_unknown[u][i], std::span(root[u]).first(u + 1), independent[i].data());
        }
    }
    turn_columns(independent);
    set_effects(independent);
    unknown_levels_ = levels_.size();
}

double* ArimaState::effects(std::size_t row) {
    return row < ahead_.size() ? ahead_.effects(row) : levels_.effects(row - ahead_.size());
}

void ArimaState::set_effects(const Rows& all) {
    unknowns_ = all[0].size();
    for (std::size_t i = 0; i < rows(); ++i) {
        std::ranges::copy(all[i], effects(i));
    }
}

void ArimaState::add_effects(std::span<const double> z) {
    for (std::size_t i = 0; i < ahead_.size(); ++i) {
        ahead_.mean(i) += dot_in_parts(z, {ahead_.effects(i), z.size()});
    }
    for (std::size_t i = 0; unknown_levels_ > 0 && i < levels_.size(); ++i) {
        levels_.mean(i) += dot_in_parts(z, {levels_.effects(i), z.size()});
    }
}

void ArimaState::predict() {
    level_part_ = constant_;
    for (const LagTerm& term : differencing_) {
        level_part_ += term.coefficient * levels_.mean(term.lag - 1);
    }
    mean_ = level_part_ + (ahead_.size() > 0 ? ahead_.mean(0) : 0.0);
    variance_ = 1;
    seen_ = true;
    std::ranges::fill(unseen_row_, 0.0);
    for (std::size_t k = 0; unseen_count_ > 0 && k < differencing_.size(); ++k) {
        add(differencing_[k].coefficient, std::span(unseen_.effects(differencing_[k].lag - 1), unseen_count_),
            unseen_row_.data());
    }
    for (std::size_t k = 0; k < unseen_count_; ++k) {
        seen_ = seen_ && std::abs(unseen_row_[k]) < 1e-6;
    }
    if (unknowns_ == 0) {
        return;
    }
    std::fill_n(level_row_.begin(), unknowns_, 0.0);
    for (std::size_t k = 0; unknown_levels_ > 0 && k < differencing_.size(); ++k) {
        add(differencing_[k].coefficient, std::span(levels_.effects(differencing_[k].lag - 1), unknowns_),
            level_row_.data());
    }
    std::copy_n(level_row_.begin(), unknowns_, row_.begin());
    if (ahead_.size() > 0) {
        add(1.0, std::span(ahead_.effects(0), unknowns_), row_.data());
    }
    const std::span<const double> row = std::span(row_).first(unknowns_);
    variance_ += dot_in_parts(row, row);
}

/// Moves the means on by one observation.
void ArimaState::step(double y, double w, double innovation) {
    if (ahead_.size() > 0) {
        ahead_.mean(0) = 0;
        ahead_.come_closer();
        for (const LagTerm& term : ar_) {
            ahead_.mean(term.lag - 1) += term.coefficient * w;
        }
        for (const LagTerm& term : ma_) {
            ahead_.mean(term.lag - 1) += term.coefficient * innovation;
        }
    }
    if (levels_.size() > 0) {
        levels_.grow_older();
        levels_.mean(0) = y;
    }
}

/// Before or after step(): to what the unknowns add to the value that it took.
void ArimaState::move_effects(std::span<const double> of_w, std::span<const double> of_innovation) {
    std::fill_n(ahead_.effects(ahead_.size() - 1), unknowns_, 0.0);
    for (const LagTerm& term : ar_) {
        add(term.coefficient, of_w, ahead_.effects(term.lag - 1));
    }
    for (const LagTerm& term : ma_) {
        add(term.coefficient, of_innovation, ahead_.effects(term.lag - 1));
    }
}

/// After step(): what nothing is known of adds to the newest level.
void ArimaState::move_unseen(std::span<const double> newest) {
    if (unseen_count_ > 0) {
        unseen_.grow_older();
        std::ranges::copy(newest, unseen_.effects(0));
    }
}

void ArimaState::observe(double y) {
    if (!seen_) {
        see(y);
        return;
    }
    double w = y - level_part_;
    double innovation = w - (ahead_.size() > 0 ? ahead_.mean(0) : 0.0);
    if (unknowns_ > 0) {
        innovation /= variance_;
        for (std::size_t j = 0; j < unknowns_; ++j) {
            z_[j] = row_[j] * innovation;
            of_w_[j] = -level_row_[j];
        }
        const std::span<const double> z = std::span(z_).first(unknowns_);
        add_effects(z);
        w += dot_in_parts(z, of_w_);
    }
    step(y, w, innovation);
    std::ranges::fill(unseen_row_, 0.0);
    move_unseen(unseen_row_);
    if (unknowns_ > 0) {
        const std::span<double> row = std::span(row_).first(unknowns_);
        if (ahead_.size() > 0) {
            for (std::size_t j = 0; j < unknowns_; ++j) {
                z_[j] = -row_[j];
            }
            move_effects(std::span(of_w_).first(unknowns_), std::span(z_).first(unknowns_));
        }
        if (levels_.size() > 0) {
            std::fill_n(levels_.effects(0), unknowns_, 0.0);
        }
        unknown_levels_ -= unknown_levels_ > 0;
        // Given the observation the unknowns have the covariance I - row rowᵀ / variance.
        const double gain = 1 / (variance_ + std::sqrt(variance_));
        const std::size_t count = ahead_.size() + (unknown_levels_ > 0 ? levels_.size() : 0);
        for (std::size_t i = 0; i < count; ++i) {
            double* effect = effects(i);
            add(-gain * dot_in_parts(row, {effect, row.size()}), row, effect);
        }
        if (++steps_ % 16 == 0) {
            drop_negligible();
        }
    }
    predict();
}

void ArimaState::skip() {
    absorb();
    predict();
}

/// Goes on over a value that is not known: its innovation is a new unknown.
void ArimaState::absorb() {
    const double w = ahead_.size() > 0 ? ahead_.mean(0) : 0.0;
    if (rows() > 0) {
        make_room();
        of_w_.assign(most_unknowns_, 0.0);
        if (ahead_.size() > 0) {
            std::copy_n(ahead_.effects(0), unknowns_, of_w_.begin());
        }
        of_w_[unknowns_] = row_[unknowns_] = 1;
        z_.assign(most_unknowns_, 0.0);
        z_[unknowns_] = 1;
        for (std::size_t i = 0; i < rows(); ++i) {
            effects(i)[unknowns_] = 0;
        }
        ++unknowns_;
    }
    move_on(w);
}

/// Moves on by a value that is not known: the unknowns add row_ to it, and of_w_ and z_ to what it is in w
/// and to its innovation.
void ArimaState::move_on(double w) {
    step(mean_, w, 0.0);
    if (ahead_.size() > 0) {
        move_effects(std::span(of_w_).first(unknowns_), std::span(z_).first(unknowns_));
    }
    if (levels_.size() > 0) {
        std::copy_n(row_.begin(), unknowns_, levels_.effects(0));
        unknown_levels_ = levels_.size();
    }
    move_unseen(unseen_row_);
}

void ArimaState::pass() {
    if (ahead_.size() > 0) {
        std::copy_n(ahead_.effects(0), unknowns_, of_w_.begin());
    } else {
        std::ranges::fill(of_w_, 0.0);
    }
    std::ranges::fill(z_, 0.0);
    move_on(ahead_.size() > 0 ? ahead_.mean(0) : 0.0);
    predict();
}

/// The first observation of what nothing was known of: y = mean + e z + (row, 1) (unknowns, ε) tells z by the
/// others, and nothing of these.
void ArimaState::see(double y) {
    const std::vector<double> unseen = unseen_row_;
    const double error = y - mean_;
    absorb();
    const std::vector<double> row(row_.begin(), row_.begin() + static_cast<std::ptrdiff_t>(unknowns_));
    std::size_t told = 0;
    for (std::size_t k = 1; k < unseen_count_; ++k) {
        told = std::abs(unseen[k]) > std::abs(unseen[told]) ? k : told;
    }
    for (std::size_t i = 0; i < levels_.size(); ++i) {
        double* others = unseen_.effects(i);
        const double share = others[told] / unseen[told];
        levels_.mean(i) += share * error;
        add(-share, row, levels_.effects(i));
        add(-share, unseen, others);
        others[told] = others[unseen_count_ - 1];
    }
    --unseen_count_;
    unseen_row_.resize(unseen_count_);
    levels_.mean(0) = y;
    predict();
}

double ArimaState::advance(double innovation) {
    const double y = mean_ + innovation;
    const bool seen = seen_;
    step(y, (ahead_.size() > 0 ? ahead_.mean(0) : 0.0) + innovation, innovation);
    move_unseen(unseen_row_);
    predict();
    return seen ? y : std::numeric_limits<double>::quiet_NaN();
}

void ArimaState::make_room() {
    if (unknowns_ < most_unknowns_) {
        return;
    }
    Rows all;
    for (std::size_t i = 0; i < rows(); ++i) {
        all.emplace_back(effects(i), effects(i) + unknowns_);
    }
    turn_columns(all);
    set_effects(all);
    predict(); // of_w_ and row_ are of the columns before
}

/// Unknowns that add less than rounding to anything.
void ArimaState::drop_negligible() {
    constexpr double rounding = 1e-17;
    for (std::size_t j = unknowns_; j-- > 0;) {
        double most = 0;
        for (std::size_t i = 0; i < rows(); ++i) {
            if (i < ahead_.size() || unknown_levels_ > 0) {
                most = std::max(most, std::abs(effects(i)[j]));
            }
        }
        if (most > rounding) {
            continue;
        }
        --unknowns_;
        for (std::size_t i = 0; i < rows(); ++i) {
            effects(i)[j] = effects(i)[unknowns_];
        }
    }
}

} // namespace timeloom::detail
