// Keras's initial values for the parameters of a layer.
#pragma once

#include "timeloom/runtime/plan/initializer.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace timeloom {

/// Distributions of Keras's initializers of the same names.
using Initializer = plan::InitializerKind;

std::string_view to_string(Initializer initializer);
/// Throws Error listing the known names.
Initializer initializer_from_string(std::string_view name);

/// What the variance of glorot, he and lecun depends on: rows and columns of a matrix, twice the length of a
/// vector.
struct Fans {
    std::size_t in = 0;
    std::size_t out = 0;
};

/// Fills `values`, which orthogonal takes for a row-major matrix of these fans. Throws Error where it is
/// none, and for arguments that give values which are not finite.
void initialize(const plan::Initializer& initializer, Random& random, std::span<float> values, Fans fans);

/// The same with Keras's default arguments for a row-major (rows, columns) matrix; rows are the fan-in,
/// columns the fan-out. `gain` is used by orthogonal only. As in Keras a recurrent layer's kernel, (features,
/// gates * units), and its recurrent_kernel, (units, gates * units), are each drawn as one matrix over all
/// gates. Throws Error if `values` does not have rows * columns entries.
void initialize(Initializer kind, Random& random, std::span<float> values, std::size_t rows,
                std::size_t columns, double gain = 1.0);

/// gain * Q for the Q of the QR decomposition of a standard normal matrix, signs chosen so that R has a
/// positive diagonal. Orthonormal columns, or orthonormal rows if rows < columns; computed in double.
void initialize_orthogonal(Random& random, std::span<float> values, std::size_t rows, std::size_t columns,
                           double gain = 1.0);

} // namespace timeloom
