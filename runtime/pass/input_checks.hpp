// What is checked of a model's inputs before any kernel runs.
#pragma once

#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/tensors/inputs.hpp"

namespace timeloom::detail {

/// Throws Error where the inputs are not those of the declaration: their number, kinds, shapes and lengths,
/// values that are not finite, token ids outside the embedding.
/// `values`: false leaves it to the caller to check_values().
void check_inputs(const plan::Model& network, const Inputs& x, bool values = true);
/// Throws Error where sequences of input `input` hold a value that is not finite.
void check_values(const plan::Model& network, std::size_t input, const Inputs& x);

/// Rows of the smallest embedding that reads the input; 0 where none does.
int vocabulary_of(const plan::Model& network, int input);

} // namespace timeloom::detail
