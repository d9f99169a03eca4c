// Keras's optimizers over one flat array of parameters.
#include "timeloom/runtime/optimizers.hpp"

#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <cmath>
#include <string>

namespace timeloom {

namespace {

void require(bool holds, const char* option, double value, const char* range) {
    if (!holds)
        throw Error("The optimizer's " + std::string(option) + " is " + std::to_string(value) +
                    ", but it must be " + range + ".");
}

void require_learning_rate(double value) {
    require(std::isfinite(value) && value >= 0.0, "learning_rate", value, "finite and not negative");
}

std::size_t moments_per_parameter(const Adam& adam) {
    require_learning_rate(adam.learning_rate);
    require(adam.beta_1 >= 0.0 && static_cast<float>(adam.beta_1) < 1.0f, "beta_1", adam.beta_1, "in [0, 1)");
    require(adam.beta_2 >= 0.0 && static_cast<float>(adam.beta_2) < 1.0f, "beta_2", adam.beta_2, "in [0, 1)");
    require(std::isfinite(adam.epsilon) && adam.epsilon > 0.0, "epsilon", adam.epsilon,
            "finite and positive");
    return 2;
}

std::size_t moments_per_parameter(const SGD& sgd) {
    require_learning_rate(sgd.learning_rate);
    require(sgd.momentum >= 0.0 && sgd.momentum <= 1.0, "momentum", sgd.momentum, "in [0, 1]");
    return sgd.momentum == 0.0 ? 0 : 1;
}

/// Keras rounds the betas to float here, though not in 1 - beta_2: that is 6e-6 of the first step for 0.999.
double bias_correction(const Optimizer& optimizer, std::uint64_t steps) {
    const Adam* const adam = std::get_if<Adam>(&optimizer);
    if (adam == nullptr || steps == 0)
        return 1.0;
    const auto t = static_cast<double>(steps);
    const double beta_1 = static_cast<float>(adam->beta_1);
    const double beta_2 = static_cast<float>(adam->beta_2);
    return std::sqrt(1.0 - std::pow(beta_2, t)) / (1.0 - std::pow(beta_1, t));
}

} // namespace

OptimizerState::OptimizerState(const Optimizer& optimizer, std::size_t parameter_count)
    : optimizer_(optimizer), parameter_count_(parameter_count),
      moments_(std::visit([](const auto& options) { return moments_per_parameter(options); }, optimizer) *
               parameter_count) {}

void OptimizerState::begin_step() { set_steps(steps_ + 1); }

void OptimizerState::set_steps(std::uint64_t steps) {
    steps_ = steps;
    bias_correction_ = bias_correction(optimizer_, steps);
}

double OptimizerState::learning_rate() const {
    return std::visit([](const auto& options) { return options.learning_rate; }, optimizer_);
}

void OptimizerState::set_learning_rate(double learning_rate) {
    require_learning_rate(learning_rate);
    std::visit([&](auto& options) { options.learning_rate = learning_rate; }, optimizer_);
}

void OptimizerState::require_valid(std::span<float> params, std::span<const float> grads,
                                   ParameterRange range) const {
    if (params.size() != parameter_count_ || grads.size() != parameter_count_)
        throw Error("The optimizer was made for " + std::to_string(parameter_count_) +
                    " parameters, but got " + std::to_string(params.size()) + " parameters and " +
                    std::to_string(grads.size()) + " gradients.");
    if (range.first > range.last || range.last > parameter_count_)
        throw Error("The optimizer's range [" + std::to_string(range.first) + ", " +
                    std::to_string(range.last) + ") does not lie within " + std::to_string(parameter_count_) +
                    " parameters.");
    if (steps_ == 0)
        throw Error("OptimizerState::apply was called before begin_step.");
}

void OptimizerState::apply(std::span<float> params, std::span<const float> grads, ParameterRange range) {
    require_valid(params, grads, range);
    const FlushDenormals flush_denormals;
    const ElementwiseTable& loops = elementwise();
    const std::size_t count = range.last - range.first;
    float* const p = params.data() + range.first;
    const float* const g = grads.data() + range.first;
    float* const moment = moments_.data() + range.first;

    if (const Adam* const adam = std::get_if<Adam>(&optimizer_)) {
        const AdamCoefficients coefficients{static_cast<float>(adam->learning_rate * bias_correction_),
                                            static_cast<float>(1.0 - adam->beta_1),
                                            static_cast<float>(1.0 - adam->beta_2),
                                            static_cast<float>(adam->epsilon)};
        return loops.adam(coefficients, count, p, g, moment, moment + parameter_count_);
    }
    const SGD& sgd = std::get<SGD>(optimizer_);
    const SgdCoefficients coefficients{static_cast<float>(sgd.learning_rate),
                                       static_cast<float>(sgd.momentum)};
    if (sgd.momentum == 0.0)
        return loops.sgd(coefficients, count, p, g);
    if (sgd.nesterov)
        return loops.sgd_nesterov(coefficients, count, p, g, moment);
    return loops.sgd_momentum(coefficients, count, p, g, moment);
}

} // namespace timeloom
