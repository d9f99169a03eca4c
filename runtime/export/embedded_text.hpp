// The text of an embedded model's C header and of the C++ behind it.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <span>
#include <string>

namespace timeloom::embedded {

/// <model>.h: what of the model can be called, with sizes and shapes. `floats`: the size of its memory.
std::string header_text(const plan::Model& plan, std::size_t floats);

/// <model>_embedded.cpp, which includes that header and the plan. `parameters`: the model's buffer.
std::string source_text(const plan::Model& plan, std::span<const float> parameters);

} // namespace timeloom::embedded
