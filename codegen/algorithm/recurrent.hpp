// The kernels of a layer that runs a cell over time: forward (inference and training) and backward.
#pragma once

#include "timeloom/codegen/kernel.hpp"
#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/dsl/cells/derive.hpp"
#include "timeloom/dsl/cells/step_masks.hpp"
#include "timeloom/runtime/plan/layout.hpp"

namespace timeloom::codegen {

/// What the kernels of one layer are made for.
struct recurrent_layer {
    declaration::differentiated_cell cell;
    int features = 0;
    int units = 0;
    int timesteps = 0;           ///< 0: any number
    int rows = row_tile;         ///< rows computed together; 1 for single rows
    int unroll = 1;              ///< time steps in one round of the loop over time
    int steps_ahead = 1;         ///< time steps whose products with the input are made at once, in inference
    bool looks_up_input = false; ///< the input's products are there already, a row of them for each step
    bool return_sequences = false; ///< the loss's gradient arrives at every step, not only after the last one
};

/// All time steps forward. Training also stores the workspace that the backward kernel reads.
/// x (b, t, features) → states (b, t, units), with the state before the first step lying one step before the
/// output.
kernel_pipeline build_forward(const recurrent_layer& layer, bool training, const Halide::Target& target);

/// The affines of the input, without what else they sum: x (b, t, features) → (b, t, affine, units). Serves
/// forward kernels that look their input up.
kernel_pipeline build_row_products(const recurrent_layer& layer, const Halide::Target& target);

/// All time steps backward (BPTT): gate gradients for every step, and gradients of the initial states. The
/// time dimension counts from the last step to the first; buffers are passed with a negative stride.
kernel_pipeline build_backward(const recurrent_layer& layer, const Halide::Target& target);

/// Gradients of the states before the first step of the time range: pointwise part + Σ gates · matrixᵀ.
kernel_pipeline build_initial_state_gradient(const recurrent_layer& layer, const Halide::Target& target);

/// Gradient of the input, (b, t, features): pointwise part + Σ gates · kernelᵀ, for every step.
kernel_pipeline build_input_gradient(const recurrent_layer& layer, const Halide::Target& target);

} // namespace timeloom::codegen
