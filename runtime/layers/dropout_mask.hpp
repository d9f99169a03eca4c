// Masks of dropout: which values a training step keeps.
#pragma once

#include "timeloom/runtime/layers/layer_work.hpp"

#include <cstddef>
#include <span>

namespace timeloom::detail {

/// Fills `mask` with 0 (probability `rate`) or 1 / (1 − rate). The values depend on the seed, the step, the
/// layer and `position`, the number of the mask's first value within the whole batch (a multiple of 4), and
/// on nothing else.
void fill_dropout_mask(const StepContext& context, int layer, double rate, std::size_t position,
                       std::span<float> mask);

} // namespace timeloom::detail
