// What is checked of the values that a layer is called on in a call of the user's own.
#pragma once

#include "timeloom/dsl/network.hpp"
#include "timeloom/runtime/sequence_view.hpp"

#include <span>

namespace timeloom {

/// Throws Error unless the layer may read these values: one, or all that it joins.
void check_values(const dsl::layer& called, std::span<const SequenceView> values);

} // namespace timeloom
