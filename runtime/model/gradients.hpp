// Gradients handed out instead of applied.
#pragma once

#include "timeloom/runtime/learning/parameter_update.hpp"
#include "timeloom/runtime/model/model.hpp"

namespace timeloom::detail {

/// Computes the mean loss over all examples, taken as one batch, and its gradients by every parameter and by
/// the values that a call of the user's own watches.
Gradients gradients_of(const plan::Model& plan, BatchPass& batch, ParameterUpdate& update,
                       const Examples& examples, const Measures& measures, const BatchPass::Step& step);

} // namespace timeloom::detail
