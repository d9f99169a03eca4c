#include "timeloom/runtime/optimizers/optimizer_options.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

void require(bool holds, const char* option, double value, const char* range) {
    if (!holds)
        throw Error("the optimizer's " + std::string(option) + " is " + std::to_string(value) +
                    ", but it must be " + range);
}

void require_epsilon(double epsilon) {
    // A smaller one is zero to float32 arithmetic without denormal numbers.
    constexpr double smallest = std::numeric_limits<float>::min();
    if (!(std::isfinite(static_cast<float>(epsilon)) && epsilon >= smallest))
        throw Error("the optimizer's epsilon is " + std::to_string(epsilon) +
                    ", but it must be finite and at least 1.2e-38, the least number of float32");
}

template <class AdamOrAdamW>
void check_adam(const AdamOrAdamW& adam) {
    require(adam.beta_1 >= 0.0 && static_cast<float>(adam.beta_1) < 1.0f, "beta_1", adam.beta_1, "in [0, 1)");
    require(adam.beta_2 >= 0.0 && static_cast<float>(adam.beta_2) < 1.0f, "beta_2", adam.beta_2, "in [0, 1)");
    require_epsilon(adam.epsilon);
}

void check(const Adam& adam) { check_adam(adam); }

void check(const AdamW& adamw) {
    check_adam(adamw);
    require(std::isfinite(adamw.weight_decay) && adamw.weight_decay >= 0.0, "weight_decay",
            adamw.weight_decay, "finite and not negative");
    if (std::ranges::count(adamw.exclude_from_weight_decay, "") != 0)
        throw Error(
            "AdamW: exclude_from_weight_decay holds an empty word, which is in every name; remove it");
}

void check(const RMSprop& rmsprop) {
    require(rmsprop.rho >= 0.0 && rmsprop.rho < 1.0, "rho", rmsprop.rho, "in [0, 1)");
    require(rmsprop.momentum >= 0.0 && rmsprop.momentum <= 1.0, "momentum", rmsprop.momentum, "in [0, 1]");
    require_epsilon(rmsprop.epsilon);
}

void check(const SGD& sgd) {
    require(sgd.momentum >= 0.0 && sgd.momentum <= 1.0, "momentum", sgd.momentum, "in [0, 1]");
}

void check(const GradientClipping& clipping) {
    int count = 0;
    const auto check_one = [&](const char* option, const std::optional<double>& value) {
        if (value)
            require(std::isfinite(*value) && *value > 0.0, option, *value, "finite and positive");
        count += value ? 1 : 0;
    };
    check_one("clipnorm", clipping.clipnorm);
    check_one("clipvalue", clipping.clipvalue);
    check_one("global_clipnorm", clipping.global_clipnorm);
    if (count > 1)
        throw Error("the optimizer has more than one of clipnorm, clipvalue and global_clipnorm; keep one");
}

/// Keras rounds the betas to float here, though not in 1 - beta_2: that is 6e-6 of the first step for 0.999.
template <class AdamOrAdamW>
double adam_bias_correction(const AdamOrAdamW& adam, std::uint64_t steps) {
    const auto t = static_cast<double>(steps);
    const double beta_1 = static_cast<float>(adam.beta_1);
    const double beta_2 = static_cast<float>(adam.beta_2);
    return std::sqrt(1.0 - std::pow(beta_2, t)) / (1.0 - std::pow(beta_1, t));
}

} // namespace

void require_valid(const Optimizer& optimizer) {
    require_valid(learning_rate_of(optimizer));
    std::visit([](const auto& options) { check(options); }, optimizer);
    check(gradient_clipping(optimizer));
}

double bias_correction(const Optimizer& optimizer, std::uint64_t steps) {
    if (steps == 0)
        return 1.0;
    if (const Adam* const adam = std::get_if<Adam>(&optimizer))
        return adam_bias_correction(*adam, steps);
    if (const AdamW* const adamw = std::get_if<AdamW>(&optimizer))
        return adam_bias_correction(*adamw, steps);
    return 1.0;
}

const LearningRate& learning_rate_of(const Optimizer& optimizer) {
    return std::visit([](const auto& options) -> const LearningRate& { return options.learning_rate; },
                      optimizer);
}

GradientClipping gradient_clipping(const Optimizer& optimizer) {
    return std::visit(
        [](const auto& options) {
            return GradientClipping{options.clipnorm, options.clipvalue, options.global_clipnorm};
        },
        optimizer);
}

} // namespace timeloom::detail
