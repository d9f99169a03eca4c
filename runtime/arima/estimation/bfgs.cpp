#include "timeloom/runtime/arima/estimation/bfgs.hpp"

#include "timeloom/runtime/linear_algebra/vectors.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

using detail::dot;

bool all_finite(std::span<const double> values) {
    return std::ranges::all_of(values, [](double x) { return std::isfinite(x); });
}

constexpr double sufficient_decrease = 1e-4;
constexpr std::size_t most_backtracks = 30;

} // namespace

void Bfgs::begin(std::span<const double> start, std::span<const double> inverse_hessian, double scale,
                 const BfgsOptions& options) {
    const std::size_t n = start.size();
    options_ = options;
    status_ = SearchStatus::running;
    point_.assign(start.begin(), start.end());
    trial_ = point_;
    gradient_.assign(n, 0.0);
    direction_.assign(n, 0.0);
    difference_.assign(n, 0.0);
    product_.assign(n, 0.0);
    inverse_hessian_.assign(inverse_hessian.begin(), inverse_hessian.end());
    fresh_ = inverse_hessian.empty();
    if (fresh_) {
        inverse_hessian_.assign(n * n, 0.0);
        for (std::size_t i = 0; i < n; ++i) {
            inverse_hessian_[i * n + i] = scale;
        }
    }
    // Where it is far narrower than usual a small promise means nothing until it has been tried.
    unproven_ = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (inverse_hessian_[i * n + i] < 1e-2 * scale) {
            unproven_ = 2 * n;
        }
    }
    scale_ = scale;
    evaluations_ = 0;
    since_accepted_ = 0;
    stall_check_ = 10 + 3 * n;
    value_before_ = HUGE_VAL;
}

bool Bfgs::tell(double value, std::span<const double> gradient) {
    const bool finite = std::isfinite(value) && all_finite(gradient);
    ++evaluations_;
    if (evaluations_ == 1) {
        if (!finite) {
            status_ = SearchStatus::not_finite;
            value_ = value;
            return true;
        }
        return accept(value, gradient);
    }
    // The last term: values are not exact to the last bit.
    const double allowed = value_ + sufficient_decrease * step_ * slope_ + 1e-14 * std::abs(value_);
    if (finite && value <= allowed) {
        update_inverse_hessian(gradient);
        return accept(value, gradient);
    }
    if (++since_accepted_ > most_backtracks) {
        status_ =
            -0.5 * slope_ < 1e4 * options_.tolerance ? SearchStatus::converged : SearchStatus::no_progress;
        return true;
    }
    if (evaluations_ >= options_.most_evaluations) {
        status_ = SearchStatus::iteration_limit;
        return true;
    }
    shorten(finite ? value : HUGE_VAL);
    return false;
}

bool Bfgs::accept(double value, std::span<const double> gradient) {
    std::ranges::copy(trial_, point_.begin());
    std::ranges::copy(gradient, gradient_.begin());
    value_ = value;
    since_accepted_ = 0;
    choose_direction();
    if (-0.5 * slope_ < options_.tolerance && is_proven()) {
        status_ = SearchStatus::converged;
        return true;
    }
    if (evaluations_ >= options_.most_evaluations) {
        status_ = SearchStatus::iteration_limit;
        return true;
    }
    if (has_stalled()) {
        status_ = SearchStatus::converged;
        return true;
    }
    place_trial();
    return false;
}

/// True if the last steps, enough to learn the curvature in every direction, have gained nothing to speak of:
/// along a ridge that runs into the boundary no quadratic model ends a search.
bool Bfgs::has_stalled() {
    if (evaluations_ < stall_check_) {
        return false;
    }
    const bool stalled = value_before_ - value_ < 1e3 * options_.tolerance;
    value_before_ = value_;
    stall_check_ = evaluations_ + 10 + 3 * point_.size();
    return stalled;
}

/// True if steps have shown H to be right, or the gradient is small by any measure.
bool Bfgs::is_proven() {
    if (unproven_ == 0 || 0.5 * scale_ * dot(gradient_, gradient_) < options_.tolerance) {
        return true;
    }
    --unproven_;
    return false;
}

/// H ← (1 - s y'/ρ) H (1 - y s'/ρ) + s s'/ρ with ρ = y's; where the curvature is not positive, H is widened.
void Bfgs::update_inverse_hessian(std::span<const double> gradient) {
    const std::size_t n = point_.size();
    double curvature = 0;
    double change_squared = 0;
    for (std::size_t i = 0; i < n; ++i) {
        difference_[i] = gradient[i] - gradient_[i];
        curvature += difference_[i] * step_ * direction_[i];
        change_squared += difference_[i] * difference_[i];
    }
    if (!(curvature > 1e-12 * change_squared * scale_)) {
        widen();
        return;
    }
    if (fresh_) {
        for (std::size_t i = 0; i < n; ++i) {
            inverse_hessian_[i * n + i] = curvature / change_squared;
        }
        fresh_ = false;
    }
    for (std::size_t i = 0; i < n; ++i) {
        product_[i] = dot(std::span(inverse_hessian_).subspan(i * n, n), difference_);
    }
    const double factor = (1.0 + dot(product_, difference_) / curvature) / curvature;
    for (std::size_t i = 0; i < n; ++i) {
        const double s_i = step_ * direction_[i];
        for (std::size_t j = 0; j < n; ++j) {
            const double s_j = step_ * direction_[j];
            inverse_hessian_[i * n + j] +=
                factor * s_i * s_j - (product_[i] * s_j + s_i * product_[j]) / curvature;
        }
    }
}

/// H ← H + 3 s s' / s'H⁻¹s: next time a step in the direction of s goes four times as far.
void Bfgs::widen() {
    const std::size_t n = point_.size();
    const double factor = -3.0 / slope_;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            inverse_hessian_[i * n + j] += factor * direction_[i] * direction_[j];
        }
    }
    fresh_ = false;
}

void Bfgs::choose_direction() {
    const std::size_t n = point_.size();
    for (std::size_t i = 0; i < n; ++i) {
        direction_[i] = -dot(std::span(inverse_hessian_).subspan(i * n, n), gradient_);
    }
    slope_ = dot(direction_, gradient_);
    if (!(slope_ < 0)) { // rounding spoilt it, or the gradient is zero
        for (std::size_t i = 0; i < n; ++i) {
            direction_[i] = -scale_ * gradient_[i];
        }
        slope_ = dot(direction_, gradient_);
    }
    double longest = 0;
    for (const double d : direction_) {
        longest = std::max(longest, std::abs(d));
    }
    step_ = longest > options_.longest_step ? options_.longest_step / longest : 1.0;
}

/// To the minimum of the parabola through what is known, within [0.1, 0.5] of the step.
void Bfgs::shorten(double value) {
    const double bend = 2.0 * (value - value_ - step_ * slope_);
    const double best = std::isfinite(bend) && bend > 0 ? -slope_ * step_ / bend : 0.1;
    step_ *= std::clamp(best, 0.1, 0.5);
    place_trial();
}

void Bfgs::place_trial() {
    for (std::size_t i = 0; i < point_.size(); ++i) {
        trial_[i] = point_[i] + step_ * direction_[i];
    }
}

} // namespace timeloom::detail
