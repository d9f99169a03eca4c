// The parameters of a plan in the model's one buffer: found by name, read and written in Keras's shapes.
#pragma once

#include "timeloom/runtime/parameters/initializers.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/tensors/shape.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

/// (rows, columns), or (columns) of a vector.
Shape shape_of(const plan::Parameter& parameter);

/// Throws Error listing the names there are.
const plan::Parameter& find_parameter(const plan::Model& model, const std::string& name);
/// In the order of the layers, which is Keras's.
std::vector<const plan::Parameter*> declared_parameters(const plan::Model& model);
/// Where Keras keeps a bias and a recurrent bias as rows of one parameter, of one of them the other.
const plan::Parameter* other_bias(const plan::Model& model, const plan::Parameter& parameter);

/// Reads a parameter out of the buffer into a row-major (rows, columns) array, and back.
void unpack(const plan::Parameter& parameter, std::span<const float> buffer, std::span<float> values);
void pack(const plan::Parameter& parameter, std::span<const float> values, std::span<float> buffer);

/// Draws every parameter's initial values; which ones depends on the seed and the parameter's number only.
void initialize_parameters(const plan::Model& model, std::uint64_t seed, std::span<float> buffer);

} // namespace timeloom::detail
