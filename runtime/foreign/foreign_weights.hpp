// Weights under the names and in the layouts of Keras and PyTorch.
#pragma once

#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Under the paths of Keras's variables behind the model's name, e.g. lstm/lstm_cell/kernel, as they lie
/// there.
std::vector<NamedTensor> keras_weights(const plan::Model& plan, std::span<const float> parameters);

/// Under the names of a state_dict, e.g. lstm.weight_ih_l0. Throws Error for what torch.nn computes
/// otherwise.
std::vector<NamedTensor> pytorch_weights(const plan::Model& plan, std::span<const float> parameters);

} // namespace timeloom::detail
