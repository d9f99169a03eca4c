// How far an optimizer's step can take parameters and moments.
#include "timeloom/runtime/optimizers/optimizer_options.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom {

using namespace detail;

namespace {

constexpr double rounding = 1 + 1e-6; // of a step's few operations in float

/// What a step may do to one value: every number that it computes on the way is at most `between`.
struct StepBound {
    double change, moment, between;
};

/// m and v stay below the largest of what they were, g and g².
StepBound bound(const Adam& adam, double rate, double moment, double g) {
    const double next = std::max({moment, g, g * g});
    return {rate * next / adam.epsilon, next, std::max(g * g + moment, rate * next)};
}

StepBound bound(const AdamW& adamw, double rate, double moment, double g) {
    return bound(Adam{.epsilon = adamw.epsilon}, rate, moment, g);
}

/// The average gradient is squared on the way.
StepBound bound(const RMSprop& rmsprop, double rate, double moment, double g) {
    const double change = rmsprop.momentum * moment + rate * g / std::sqrt(rmsprop.epsilon);
    const double next = std::max({moment, g, g * g, change});
    return {change, next, std::max(next * next, rate * g)};
}

StepBound bound(const SGD& sgd, double rate, double moment, double g) {
    const double next = sgd.momentum * moment + rate * g;
    return {next + rate * g, sgd.momentum > 0 ? next : 0, rate * g};
}

/// The factor by which weight decay may change a parameter, and what is computed on the way.
double decay_of(const Optimizer& optimizer, double learning_rate) {
    const AdamW* const adamw = std::get_if<AdamW>(&optimizer);
    return adamw == nullptr ? 0 : adamw->weight_decay * learning_rate;
}

} // namespace

bool Reach::is_finite() const {
    constexpr double largest = std::numeric_limits<float>::max() / 4;
    return parameter < largest && moment < largest; // false for NaN
}

Reach OptimizerState::reach_of_next_step(const Reach& before, double largest_gradient) const {
    const double learning_rate = this->learning_rate();
    const double rate = learning_rate * bias_correction(optimizer_, steps_ + 1);
    const double decay = decay_of(optimizer_, learning_rate);
    const StepBound step =
        std::visit([&](const auto& options) { return bound(options, rate, before.moment, largest_gradient); },
                   optimizer_);
    const Reach between{before.parameter * decay, std::max({step.between, rate, decay, learning_rate})};
    const double infinite = std::numeric_limits<double>::infinity();
    if (!between.is_finite()) {
        return {infinite, infinite};
    }
    return {(std::max(1.0, before.parameter * std::abs(1 - decay)) + step.change) * rounding,
            step.moment * rounding};
}

} // namespace timeloom
