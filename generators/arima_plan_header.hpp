// Writes <model>.timeloom.hpp, through which a program reaches an ARIMA model or a family of them.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <filesystem>

namespace timeloom::generators {

/// The plan as constexpr data, <model>_plan. A kernel's code is the function <name>_argv.
void write_plan(const plan::Arima& model, const std::filesystem::path& file);
void write_plan(const plan::ArimaFamily& family, const std::filesystem::path& file);

} // namespace timeloom::generators
