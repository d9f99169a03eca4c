// What is checked of the values that a layer is called on in a call of the user's own.
#pragma once

#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/sequence_view.hpp"

#include <span>

namespace timeloom::detail {

/// Throws Error unless the layer may read these values: one, or all that it joins.
void check_values(const plan::Layer& called, std::span<const SequenceView> values);

/// Throws Error unless the embedding has a row for every token id that input number `input` may hold.
void check_vocabulary(const plan::Model& network, const plan::Layer& embedding, int input);

} // namespace timeloom::detail
