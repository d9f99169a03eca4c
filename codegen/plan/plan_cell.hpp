// plan_cell(): a differentiated cell as the plan describes it to the runtime.
#pragma once

#include "timeloom/codegen/plan/plan_parameters.hpp"
#include "timeloom/runtime/plan/cell.hpp"

namespace timeloom::codegen {

/// The offsets of its transposed matrices are left at 0.
plan::Cell plan_cell(const declaration::network& network, const declaration::layer& layer,
                     const layer_offsets& offsets, plan_storage& storage);

} // namespace timeloom::codegen
