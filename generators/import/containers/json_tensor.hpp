// Tensors that JSON holds as lists of numbers.
#pragma once

#include "timeloom/generators/import/containers/json.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"

#include <string>

namespace timeloom::importing {

/// Numbers, or rows of numbers of one length. Throws Error, beginning with `where`, for anything else.
Tensor tensor_of(const Json& json, const std::string& where);

} // namespace timeloom::importing
