// Every kernel that a model needs.
#pragma once

#include "timeloom/codegen/kernel.hpp"
#include "timeloom/dsl/network/network.hpp"

#include <vector>

namespace timeloom::codegen {

/// A kernel with its place in the model. `variant` is the number of rows computed together (1 or row_tile),
/// or the run of a weight gradient.
struct network_kernel {
    int layer = 0;
    plan::KernelKind kind{};
    int variant = 0;
    kernel code;
};

/// What the kernel's arguments mean, which does not depend on the target.
std::vector<plan::KernelArgument> signature_of(const network_kernel& kernel);

/// The kernels of `network`, named <model>_<layer>_<kind>[_<variant>]. Layers with the same kernels are
/// listed once. A kernel that computes the same as a kernel of an earlier layer has that kernel's name and
/// code. A batch below row_tile needs only kernels for single rows; 0 means any batch.
std::vector<network_kernel> kernels_of(const declaration::network& network, const std::string& model,
                                       int batch = 0);

} // namespace timeloom::codegen
