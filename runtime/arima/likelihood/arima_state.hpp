// What an ARIMA model knows of its process after an observation, moved on by one observation at a time.
#pragma once

#include "timeloom/runtime/arima/likelihood/innovations.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace timeloom::detail {

/// coefficient · (the value `lag` steps ago).
struct LagTerm {
    std::size_t lag;
    double coefficient;
};

/// The last values of something, newest first, and what each unknown adds to them: (value, unknown).
class UncertainLags {
  public:
    UncertainLags(std::size_t count, std::size_t most_unknowns)
        : width_(most_unknowns), means_(count), effects_(count * most_unknowns) {}

    std::size_t size() const { return means_.size(); }
    double& mean(std::size_t i) { return means_[place(i)]; }
    double mean(std::size_t i) const { return means_[place(i)]; }
    double* effects(std::size_t i) { return effects_.data() + place(i) * width_; }
    const double* effects(std::size_t i) const { return effects_.data() + place(i) * width_; }

    /// Every value becomes one older, so that the oldest is in the place of the newest.
    void grow_older() { first_ = (first_ == 0 ? size() : first_) - 1; }
    /// The second becomes the first, and the first the last.
    void come_closer() { first_ = first_ + 1 == size() ? 0 : first_ + 1; }

  private:
    std::size_t place(std::size_t i) const {
        const std::size_t at = first_ + i;
        return at < size() ? at : at - size();
    }

    std::size_t width_;
    std::size_t first_ = 0;
    std::vector<double> means_, effects_;
};

/// The last d + sD values of a series, oldest first, with estimates of missing ones.
struct LastLevels {
    std::vector<double> values;
    std::vector<std::vector<double>> effects; ///< what each unknown of the innovations adds to them
    /// Changes of them of which nothing is known, as of a season that was never observed.
    std::vector<std::vector<double>> unseen;
};

/// (1 - B)^d (1 - B^s)^D y = μ + w, φΦ w = θΘ ε. The state is what the past adds to w at 1, 2, … steps ahead
/// besides what passes through later w (Harvey 1989), and the last d + sD values of y. What is not known of
/// it, as of the presample and of missing values, are independent unknowns of the innovations' variance, of
/// which the state holds the effects. They vanish as observations come (square-root filter, Potter 1963), and
/// then a step costs as many products as the model has lags.
class ArimaState {
  public:
    /// After a series of which `known` are the innovations with a horizon of at least horizon_needed().
    ArimaState(const plan::ArimaOrders& orders, const std::vector<double>& coefficients, double mean,
               const Innovations& known, const LastLevels& levels);
    static std::size_t horizon_needed(const plan::ArimaOrders& orders);

    /// The next value's mean, and the variance of its error in units of the innovations'; NaN and infinite
    /// where nothing is known of it.
    double mean() const { return seen_ ? mean_ : std::numeric_limits<double>::quiet_NaN(); }
    double variance() const { return seen_ ? variance_ : std::numeric_limits<double>::infinity(); }

    void observe(double y);
    /// The next value is not known: it is missing, or still to come.
    void skip();
    /// The same where innovations from the last skip() on are left out, of mean and variance; what that one
    /// adds to the next value is newest_effect(), as any later one does so many steps after it.
    void pass();
    double newest_effect() const { return rows() > 0 ? row_[unknowns_ - 1] : 0.0; }
    /// The next value is its mean plus this innovation; NaN where nothing is known of it. Only after
    /// realise().
    double advance(double innovation);
    /// Puts unknowns in their place: standard normal draws times the innovations' standard deviation.
    template <class Draw>
    void realise(const Draw& draw);

    std::size_t unknowns() const { return unknowns_; }

  private:
    std::size_t rows() const { return ahead_.size() + levels_.size(); }
    double* effects(std::size_t row);
    void set_unknowns(const Innovations& known, const std::vector<std::vector<double>>& level_effects);
    void set_effects(const std::vector<std::vector<double>>& effects);
    void add_effects(std::span<const double> z);
    void predict();
    void step(double y, double w, double innovation);
    void move_effects(std::span<const double> of_w, std::span<const double> of_innovation);
    void move_unseen(std::span<const double> newest);
    void absorb();
    void move_on(double w);
    void see(double y);
    void make_room();
    void drop_negligible();

    std::vector<LagTerm> ar_, ma_;      ///< of s_i(t + 1) = s_{i+1}(t) + φ_i w + θ_i ε
    std::vector<LagTerm> differencing_; ///< y_t = w_t + Σ c y_{t-lag}
    double constant_;
    std::size_t most_unknowns_;
    std::size_t unknowns_ = 0;
    std::size_t unknown_levels_ = 0; ///< steps until no unknown reaches into the levels
    std::size_t steps_ = 0;
    UncertainLags ahead_; ///< s_1, s_2, …
    UncertainLags levels_;
    std::size_t unseen_count_;
    UncertainLags unseen_; ///< what nothing is known of adds to the levels

    double mean_ = 0, variance_ = 1;
    double level_part_ = 0;   ///< of the mean: Σ c y_{t-lag} + μ
    std::vector<double> row_; ///< what each unknown adds to the next value
    std::vector<double> level_row_, unseen_row_;
    bool seen_ = true;
    std::vector<double> z_, of_w_; ///< scratch
};

template <class Draw>
void ArimaState::realise(const Draw& draw) {
    for (std::size_t j = 0; j < unknowns_; ++j) {
        z_[j] = draw();
    }
    add_effects(std::span(z_).first(unknowns_));
    unknowns_ = unknown_levels_ = 0;
    predict();
}

} // namespace timeloom::detail
