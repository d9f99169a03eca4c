// Keras's optimizers over one flat array of parameters.
#pragma once

#include "timeloom/runtime/aligned_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

namespace timeloom {

/// Keras's Adam (Kingma and Ba 2015): with step t and alpha = learning_rate sqrt(1 - beta_2^t) / (1 -
/// beta_1^t), m += (g - m)(1 - beta_1); v += (g^2 - v)(1 - beta_2); parameter -= alpha m / (sqrt(v) +
/// epsilon).
struct Adam {
    double learning_rate = 0.001;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;
};

/// Keras's SGD: parameter -= learning_rate g; with momentum, velocity = momentum velocity - learning_rate g
/// and parameter += velocity, or with nesterov parameter += momentum velocity - learning_rate g.
struct SGD {
    double learning_rate = 0.01;
    double momentum = 0.0;
    bool nesterov = false;
};

using Optimizer = std::variant<Adam, SGD>;

/// Half-open range of parameter indices.
struct ParameterRange {
    std::size_t first;
    std::size_t last;
};

/// Steps and moments of one optimizer over `parameter_count` parameters. One step is `begin_step()` once,
/// then `apply` on ranges that together cover every parameter once: from any threads, with the same bits
/// for any choice of ranges. Constructing throws Error for options outside their mathematical range.
class OptimizerState {
  public:
    OptimizerState(const Optimizer& optimizer, std::size_t parameter_count);

    /// Advances the step counter, on which Adam's bias correction depends.
    void begin_step();
    /// Updates params[range] from grads[range]; both spans hold all the parameters. Throws Error if a span
    /// has another length, the range does not lie inside, or no step was begun.
    void apply(std::span<float> params, std::span<const float> grads, ParameterRange range);
    void apply(std::span<float> params, std::span<const float> grads) {
        apply(params, grads, {0, parameter_count_});
    }

    std::uint64_t steps() const { return steps_; }
    double learning_rate() const;
    void set_learning_rate(double learning_rate);
    const Optimizer& optimizer() const { return optimizer_; }

    /// Adam: m, then v. SGD with momentum: the velocity. SGD without: nothing. For saving and restoring.
    std::span<float> moments() { return moments_.span(); }
    std::span<const float> moments() const { return moments_.span(); }
    void set_steps(std::uint64_t steps);

  private:
    void require_valid(std::span<float> params, std::span<const float> grads, ParameterRange range) const;

    Optimizer optimizer_;
    std::size_t parameter_count_;
    std::uint64_t steps_ = 0;
    double bias_correction_ = 1.0;
    aligned_buffer<float> moments_;
};

} // namespace timeloom
