// Matrices transposed for the backward pass: what flows back is a product with them.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

namespace timeloom::detail {

/// Packs the transposed matrices of all cells from the parameters; once for each training step.
void pack_transposed(const plan::Model& model, const float* parameters, float* transposed);

} // namespace timeloom::detail
