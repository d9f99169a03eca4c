// Keras's learning-rate schedules: the rate as a function of the steps taken so far.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace timeloom {

/// initial_learning_rate · decay_rate^(step / decay_steps); with staircase the exponent is rounded down.
struct ExponentialDecay {
    double initial_learning_rate = 0.001;
    double decay_steps = 1;
    double decay_rate = 1;
    bool staircase = false;
};

/// rate · ((1 − alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha), constant after decay_steps. With a
/// warmup_target the rate first rises to it in a straight line, over warmup_steps, and decays from there.
struct CosineDecay {
    double initial_learning_rate = 0.001;
    double decay_steps = 1;
    double alpha = 0;
    std::optional<double> warmup_target{};
    double warmup_steps = 0;
};

/// values[i] while step <= boundaries[i], and the last value behind the last boundary.
struct PiecewiseConstantDecay {
    std::vector<std::uint64_t> boundaries;
    std::vector<double> values;
};

/// A constant rate or a schedule; a number or a schedule converts to it.
struct LearningRate {
    LearningRate(double rate) : schedule(rate) {}
    LearningRate(const ExponentialDecay& decay) : schedule(decay) {}
    LearningRate(const CosineDecay& decay) : schedule(decay) {}
    LearningRate(const PiecewiseConstantDecay& decay) : schedule(decay) {}

    bool is_constant() const { return std::holds_alternative<double>(schedule); }

    std::variant<double, ExponentialDecay, CosineDecay, PiecewiseConstantDecay> schedule;
};

/// The rate of the step that follows `steps` steps. Computed in double, while Keras rounds to float. Throws
/// Error as require_valid().
double learning_rate_at(const LearningRate& learning_rate, std::uint64_t steps);

/// Throws Error for rates that are negative or not finite, for decay_steps that are not positive, and for
/// boundaries that do not rise or do not fit the values.
void require_valid(const LearningRate& learning_rate);

} // namespace timeloom
