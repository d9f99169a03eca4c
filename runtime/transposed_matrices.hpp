// Matrices transposed for the backward pass: what flows back is a product with them.
#pragma once

#include "timeloom/dsl/network.hpp"
#include "timeloom/runtime/parameter_layout.hpp"

#include <cstddef>

namespace timeloom {

/// Where a layer's transposed matrices lie in the model's transposed buffer.
struct TransposedOffsets {
    std::size_t recurrent = 0; ///< [block of operand units][unit][matrix][lane]
    std::size_t input = 0;     ///< [block of features][unit][matrix][lane]
};

/// Sizes of the transposed matrices of `layer`, and packing them from the parameters; once for each training
/// step.
std::size_t transposed_recurrent_size(const dsl::layer& layer);
std::size_t transposed_input_size(const dsl::layer& layer);
void pack_transposed(const dsl::layer& layer, const LayerOffsets& offsets, const TransposedOffsets& where,
                     const float* parameters, float* transposed);

} // namespace timeloom
