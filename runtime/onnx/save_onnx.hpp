// A plan with its parameters as an ONNX file's bytes.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <span>
#include <string>

namespace timeloom {

/// What Model::save_onnx() writes. `parameters`: the model's buffer.
std::string onnx_bytes(const plan::Model& plan, std::span<const float> parameters);

} // namespace timeloom
