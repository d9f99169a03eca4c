// Writes <model>.timeloom.hpp, through which a program reaches a network.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <filesystem>

namespace timeloom::generators {

/// The plan as constexpr data, <model>_plan, and once more with the kernels alone that predict and evaluate,
/// <model>_inference_plan. A kernel's code is the function <name>_argv.
void write_plan(const plan::Model& plan, const std::filesystem::path& file);

} // namespace timeloom::generators
