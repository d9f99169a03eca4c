// The text of the JavaScript through which a page calls an embedded model.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <string>

namespace timeloom::embedded {

/// <model>.mjs, whose class Model calls <model>.wasm. `floats`: the size of the model's memory.
std::string script_text(const plan::Model& plan, std::size_t floats);

} // namespace timeloom::embedded
