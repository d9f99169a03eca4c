// Generated kernels of one cell, run through the runtime's CellWork, with results as the reference gives
// them.
#pragma once

#include "compiled_network.hpp"
#include "reference_cell.hpp"

#include <string>

namespace timeloom::tests {

/// What the kernels make of a problem. `inference` are the states of the inference kernel, `workspace` the
/// saved values by item.
struct generated_solution {
    cell_solution training;
    std::vector<values> inference;
    values inference_output;
    std::vector<values> workspace;
};

/// Runs the first layer of `network`. Memory that must not matter (padding of rows and units) is filled with
/// numbers.
generated_solution run_generated(const CompiledNetwork& network, const cell_problem& problem);

/// A tensor of the reference beside the generated one.
struct compared_tensor {
    std::string name;
    const values* expected;
    const values* generated;
    bool is_gradient;
};

/// All tensors of both, for as many as the kernels hand out. `expected_inference`: where inference has other
/// values than training. The workspace is left out where `expected` has no nodes.
std::vector<compared_tensor> tensors_of(const declaration::differentiated_cell& cell,
                                        const cell_solution& expected, const generated_solution& generated,
                                        bool return_sequences,
                                        const cell_solution* expected_inference = nullptr);

/// Bound on the error of a tensor relative to its largest magnitude:
///
///     c · ceil(log2((features + units) · timesteps · rows)) · 2^-23, doubled for gradients
///
/// The logarithm is how rounding errors of an accumulation of that length grow; c = 4 covers the operations
/// around it. In particular, sigmoid and tanh are accurate to 1.5e-7 absolute, 1.3 · 2^-23, and a state
/// passes two of them a step.
double tolerance(const cell_shape& shape, bool is_gradient);

/// Error of the generated tensor divided by what tolerance() allows.
double error_in_tolerances(const compared_tensor& tensor, const cell_shape& shape);

} // namespace timeloom::tests
