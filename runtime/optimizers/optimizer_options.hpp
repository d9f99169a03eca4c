// What the state of an optimizer needs to know of its options, whichever optimizer it is.
#pragma once

#include "timeloom/runtime/optimizers/optimizers.hpp"

namespace timeloom::detail {

/// Throws Error, naming the option, for one that is outside its mathematical range, and for more than one
/// way of clipping.
void require_valid(const Optimizer& optimizer);

/// Factor on the learning rate in step number `steps`, from 1: not 1 for Adam and AdamW only.
double bias_correction(const Optimizer& optimizer, std::uint64_t steps);

const LearningRate& learning_rate_of(const Optimizer& optimizer);

struct GradientClipping {
    std::optional<double> clipnorm, clipvalue, global_clipnorm;
};
GradientClipping gradient_clipping(const Optimizer& optimizer);

} // namespace timeloom::detail
