// Keras's learning-rate schedules: the rate as a function of the steps taken so far.
#include "timeloom/runtime/optimizers/learning_rate.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace timeloom {

namespace {

double rate_at(double rate, double) { return rate; }

double rate_at(const ExponentialDecay& decay, double step) {
    const double exponent = step / decay.decay_steps;
    return decay.initial_learning_rate *
           std::pow(decay.decay_rate, decay.staircase ? std::floor(exponent) : exponent);
}

double rate_at(const CosineDecay& decay, double step) {
    const double start = decay.warmup_target.value_or(decay.initial_learning_rate);
    const double warmup_steps = decay.warmup_target ? decay.warmup_steps : 0.0;
    if (step < warmup_steps)
        return decay.initial_learning_rate +
               (start - decay.initial_learning_rate) * (step / decay.warmup_steps);
    const double done = std::min(step - warmup_steps, decay.decay_steps) / decay.decay_steps;
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * done));
    return start * ((1.0 - decay.alpha) * cosine + decay.alpha);
}

double rate_at(const PiecewiseConstantDecay& decay, double step) {
    std::size_t i = 0;
    while (i < decay.boundaries.size() && step > static_cast<double>(decay.boundaries[i]))
        ++i;
    return decay.values[i];
}

void require(bool holds, const char* option, double value, const char* range) {
    if (!holds)
        throw Error("the learning rate's " + std::string(option) + " is " + std::to_string(value) +
                    ", but it must be " + range);
}

void require_rate(double value, const char* option) {
    require(std::isfinite(value) && value >= 0.0, option, value, "finite and not negative");
}

void require_steps(double value) {
    require(std::isfinite(value) && value > 0.0, "decay_steps", value, "finite and positive");
}

void check(double rate) {
    if (!(std::isfinite(rate) && rate >= 0.0))
        throw Error("the optimizer's learning_rate is " + std::to_string(rate) +
                    ", but it must be finite and not negative");
}

void check(const ExponentialDecay& decay) {
    require_rate(decay.initial_learning_rate, "initial_learning_rate");
    require_steps(decay.decay_steps);
    require(std::isfinite(decay.decay_rate) && decay.decay_rate > 0.0, "decay_rate", decay.decay_rate,
            "finite and positive");
}

void check(const CosineDecay& decay) {
    require_rate(decay.initial_learning_rate, "initial_learning_rate");
    require_steps(decay.decay_steps);
    require(decay.alpha >= 0.0 && decay.alpha <= 1.0, "alpha", decay.alpha, "in [0, 1]");
    require_rate(decay.warmup_target.value_or(0.0), "warmup_target");
    require_rate(decay.warmup_steps, "warmup_steps");
}

void check(const PiecewiseConstantDecay& decay) {
    if (decay.values.size() != decay.boundaries.size() + 1)
        throw Error("PiecewiseConstantDecay needs one value more than boundaries, but has " +
                    std::to_string(decay.values.size()) + " values and " +
                    std::to_string(decay.boundaries.size()) + " boundaries");
    if (std::ranges::adjacent_find(decay.boundaries, std::ranges::greater_equal{}) != decay.boundaries.end())
        throw Error("the boundaries of PiecewiseConstantDecay must rise; sort them");
    for (const double value : decay.values)
        require_rate(value, "value");
}

} // namespace

double learning_rate_at(const LearningRate& learning_rate, std::uint64_t steps) {
    require_valid(learning_rate);
    return std::visit([&](const auto& rate) { return rate_at(rate, static_cast<double>(steps)); },
                      learning_rate.schedule);
}

void require_valid(const LearningRate& learning_rate) {
    std::visit([](const auto& rate) { check(rate); }, learning_rate.schedule);
}

} // namespace timeloom
