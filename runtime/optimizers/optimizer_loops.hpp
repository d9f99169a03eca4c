// Table of the optimizers' loops over parameters, one instance per instruction set.
#pragma once

#include <cstddef>
#include <span>

namespace timeloom::detail {

/// Coefficients of one Adam step: alpha is the bias-corrected learning rate, decay AdamW's weight_decay times
/// the learning rate.
struct AdamCoefficients {
    float alpha, one_minus_beta_1, one_minus_beta_2, epsilon, decay = 0.0f;
};

/// Steps of Adam or AdamW in which every gradient was zero. Each of them takes off the parameters what the
/// moments before the first still give: in step j, from 1, alpha is that of the step times beta_1^j, root is
/// beta_2^(j/2), kept is 1 - decay.
struct AdamMissedSteps {
    struct Step {
        float alpha, root, kept;
    };
    std::span<const Step> steps; ///< all but those at the end, which can no longer be seen in a parameter
    float epsilon;
    float kept_after;                       ///< product of `kept` over the steps left out
    bool keeps_all;                         ///< nothing decays
    float momentum_factor, velocity_factor; ///< beta_1 and beta_2 to the power of the number of steps
};

/// Coefficients of one RMSprop step.
struct RmspropCoefficients {
    float learning_rate, rho, one_minus_rho, momentum, epsilon;
};

/// Coefficients of one step of gradient descent.
struct SgdCoefficients {
    float learning_rate, momentum;
};

/// The loops, compiled for one instruction set. No pointer needs to be aligned.
/// All use exactly rounded operations only, and so give the same bits on every instruction set and for every
/// split of an array into parts.
struct OptimizerTable {
    const char* instruction_set;

    /// m += (g - m)(1 - beta_1); v += (g^2 - v)(1 - beta_2); parameter -= alpha m / (sqrt(v) + epsilon)
    void (*adam)(const AdamCoefficients&, std::size_t count, float* parameters, const float* gradients,
                 float* m, float* v);
    /// parameter -= decay parameter, then as adam
    void (*adamw)(const AdamCoefficients&, std::size_t count, float* parameters, const float* gradients,
                  float* m, float* v);
    /// The missed steps at once: for each of them parameter = kept parameter - alpha m / (root sqrt(v) +
    /// epsilon), then m *= momentum_factor and v *= velocity_factor.
    void (*adam_missed)(const AdamMissedSteps&, std::size_t count, float* parameters, float* m, float* v);
    /// v = rho v + (1 - rho) g^2; change = learning_rate g / sqrt(v + epsilon); parameter -= change. Unless
    /// `average` is null, average = rho average + (1 - rho) g and v - average^2, at least 0, stands for v in
    /// the change. Unless `momentum` is null, it becomes coefficient momentum + change and is the change.
    void (*rmsprop)(const RmspropCoefficients&, std::size_t count, float* parameters, const float* gradients,
                    float* v, float* momentum, float* average);
    /// parameter -= learning_rate g
    void (*sgd)(const SgdCoefficients&, std::size_t count, float* parameters, const float* gradients);
    /// velocity = momentum velocity - learning_rate g; parameter += velocity
    void (*sgd_momentum)(const SgdCoefficients&, std::size_t count, float* parameters, const float* gradients,
                         float* velocity);
    /// velocity as above; parameter += momentum velocity - learning_rate g
    void (*sgd_nesterov)(const SgdCoefficients&, std::size_t count, float* parameters, const float* gradients,
                         float* velocity);
    /// Steps of a momentum without gradients: parameter += travel velocity; velocity *= factor.
    void (*coast)(float travel, float factor, std::size_t count, float* parameters, float* velocity);
};

/// The best table for this processor, chosen once.
const OptimizerTable& optimizer_loops();

/// Every table that this processor can run, the best first; for tests and benchmarks.
std::span<const OptimizerTable* const> runnable_optimizer_tables();

} // namespace timeloom::detail
