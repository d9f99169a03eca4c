// A plan as tables that a person reads.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <string>

namespace timeloom::generators {

/// Inputs; parameters with their shapes, places and gates; layers with what they read, hand on and keep; and
/// the kernels that each calls, with the arguments of each.
std::string plan_table(const plan::Model& model);

} // namespace timeloom::generators
