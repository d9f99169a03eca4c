// The equations of a cell as a plan holds them.
#pragma once

#include "timeloom/codegen/plan/plan_parameters.hpp"
#include "timeloom/runtime/plan/equations.hpp"

namespace timeloom::codegen {

plan::Equations plan_equations(const declaration::layer& layer, const layer_offsets& offsets,
                               plan_storage& storage);

} // namespace timeloom::codegen
