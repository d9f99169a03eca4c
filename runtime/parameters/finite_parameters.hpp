// Parameters are finite numbers: kernels, which assume it, would make finite outputs of others.
#pragma once

#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <span>
#include <string>

namespace timeloom::detail {

/// Throws Error, with the parameter's name and the position, where one of its values, row-major, is not
/// finite; its text begins with `where`.
void require_finite(const std::string& where, const plan::Parameter& parameter,
                    std::span<const float> values);

/// The first parameter that has a value in `buffer`, laid out as the model's, which is not finite; null where
/// there is none.
const plan::Parameter* find_not_finite(const plan::Model& model, std::span<const float> buffer);

} // namespace timeloom::detail
