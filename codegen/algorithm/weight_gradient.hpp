// The products that turn gate gradients into gradients of parameters.
#pragma once

#include "timeloom/codegen/algorithm/recurrent.hpp"
#include "timeloom/dsl/cells/products.hpp"

namespace timeloom::codegen {

/// diff_matrices(k, gate, unit) += Σ over rows and time of operand(k) · gate gradient(gate, unit), for the
/// gates of one run. Adds to what the output holds, so that a long sequence can be worked off in pieces that
/// stay in cache.
kernel_pipeline build_weight_gradient(const recurrent_layer& layer, const declaration::gradient_run& run,
                                      const Halide::Target& target);

/// diff_vectors(vector, unit) += Σ over rows and time of the gate gradient that belongs to each vector
/// parameter, times its factor.
kernel_pipeline build_vector_gradient(const recurrent_layer& layer, const Halide::Target& target);

} // namespace timeloom::codegen
