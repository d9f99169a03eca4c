// Keras's optimizers over one flat array of parameters.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/optimizers/learning_rate.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace timeloom {

namespace detail {
struct OptimizerTable; // see optimizer_loops.hpp
}

// Every optimizer has at most one of Keras's three ways to clip gradients: each value to ±clipvalue, each
// parameter's Euclidean norm to clipnorm, or that of all parameters together to global_clipnorm.

/// Keras's Adam (Kingma and Ba 2015): with step t and alpha = learning_rate sqrt(1 - beta_2^t) / (1 -
/// beta_1^t), m += (g - m)(1 - beta_1); v += (g^2 - v)(1 - beta_2); parameter -= alpha m / (sqrt(v) +
/// epsilon).
struct Adam {
    LearningRate learning_rate = 0.001;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;
    std::optional<double> clipnorm{}, clipvalue{}, global_clipnorm{};
};

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): before the step, parameter -=
/// learning_rate weight_decay parameter. Biases decay too, unless their names hold one of the words of
/// exclude_from_weight_decay, for instance "bias".
struct AdamW {
    LearningRate learning_rate = 0.001;
    double weight_decay = 0.004;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;
    std::optional<double> clipnorm{}, clipvalue{}, global_clipnorm{};
    std::vector<std::string> exclude_from_weight_decay{};
};

/// Keras's RMSprop: v = rho v + (1 - rho) g^2; centered: a = rho a + (1 - rho) g and d = v - a^2, else d = v;
/// change = learning_rate g / sqrt(d + epsilon); with momentum, change = momentum (last change) + change;
/// parameter -= change.
struct RMSprop {
    LearningRate learning_rate = 0.001;
    double rho = 0.9;
    double momentum = 0.0;
    double epsilon = 1e-7;
    bool centered = false;
    std::optional<double> clipnorm{}, clipvalue{}, global_clipnorm{};
};

/// Keras's SGD: parameter -= learning_rate g; with momentum, velocity = momentum velocity - learning_rate g
/// and parameter += velocity, or with nesterov parameter += momentum velocity - learning_rate g.
struct SGD {
    LearningRate learning_rate = 0.01;
    double momentum = 0.0;
    bool nesterov = false;
    std::optional<double> clipnorm{}, clipvalue{}, global_clipnorm{};
};

using Optimizer = std::variant<Adam, SGD, RMSprop, AdamW>;

/// "Adam", "SGD", "RMSprop" or "AdamW".
std::string_view to_string(const Optimizer& optimizer);

/// Half-open range of parameter indices.
struct ParameterRange {
    std::size_t first;
    std::size_t last;
};

/// Bounds of the magnitudes of parameters and of an optimizer's moments.
struct Reach {
    double parameter = 0;
    double moment = 0;

    /// True if both are finite in float32, with room to spare.
    bool is_finite() const;
};

/// Steps and moments of one optimizer over `parameter_count` parameters. One step is `begin_step()` once,
/// then `apply` on ranges that together cover every parameter once: from any threads, with the same bits
/// for any choice of ranges. Constructing throws Error for options outside their mathematical range.
class OptimizerState {
  public:
    /// `without_decay`: rising ranges of parameters that AdamW's weight decay leaves alone.
    OptimizerState(const Optimizer& optimizer, std::size_t parameter_count,
                   std::vector<ParameterRange> without_decay = {});

    /// Advances the step counter, on which the learning rate and Adam's bias correction depend.
    void begin_step();
    /// Updates params[range] from grads[range]; both spans hold all the parameters. Throws Error if a span
    /// has another length, the range does not lie inside, or no step was begun.
    void apply(std::span<float> params, std::span<const float> grads, ParameterRange range);
    void apply(std::span<float> params, std::span<const float> grads) {
        apply(params, grads, {0, parameter_count_});
    }

    /// What the steps after `since`, up to the last one begun, do to params[range] where their gradients were
    /// all zero: the same as apply() in each of them but for rounding. At most `most_missed` steps, else
    /// throws Error; weight decay either counts for all of the range or for nothing of it but padding.
    void make_up(std::span<float> params, ParameterRange range, std::uint64_t since);
    static constexpr std::uint64_t most_missed = 1024;

    /// How large the next step can make parameters and moments that lie within `before`, where no gradient is
    /// larger than this, whether they get it or none: within float32 if it is finite, so that nobody needs to
    /// look. Infinite where that cannot be said.
    Reach reach_of_next_step(const Reach& before, double largest_gradient) const;

    /// Asks for what apply() and make_up() will need of the moments, some hundred cycles before they do.
    void prefetch(ParameterRange range) const;

    std::uint64_t steps() const { return steps_; }
    /// The learning rate of the next step.
    double learning_rate() const;
    bool has_schedule() const;
    /// Throws Error where the learning rate follows a schedule, and for a rate out of range.
    void set_learning_rate(double learning_rate);
    const Optimizer& optimizer() const { return optimizer_; }

    /// Keras's names of the moments, each of which has a value for every parameter: Adam and AdamW momentum
    /// and velocity; RMSprop velocity, then momentum and average_gradient if it has them; SGD momentum.
    std::vector<std::string> moment_names() const;
    /// The moments one after the other. For saving and restoring.
    std::span<float> moments() { return moments_.span(); }
    std::span<const float> moments() const { return moments_.span(); }
    void set_steps(std::uint64_t steps);

  private:
    void require_valid(std::span<float> params, std::span<const float> grads, ParameterRange range) const;
    template <class AdamOrAdamW>
    void make_up_adam(const AdamOrAdamW& adam, double weight_decay, float* params, ParameterRange range,
                      std::uint64_t missed);
    std::vector<ParameterRange>::const_iterator first_without_decay(std::size_t parameter) const;
    void apply_adamw(const AdamW& adamw, float* params, const float* grads, ParameterRange range);

    Optimizer optimizer_;
    /// Chosen by the constructor alone, so that programs without an optimizer link no loops.
    const detail::OptimizerTable* loops_;
    std::size_t parameter_count_;
    std::vector<ParameterRange> without_decay_;
    std::uint64_t steps_ = 0;
    double step_learning_rate_ = 0.0; ///< of the step begun
    double bias_correction_ = 1.0;
    struct StepRates {
        double learning_rate, alpha; ///< alpha: with the bias correction
    };
    std::vector<StepRates> step_rates_; ///< of the last steps, step s at s % most_missed
    detail::aligned_buffer<float> moments_;
};

} // namespace timeloom
