#include "timeloom/codegen/plan/kernel_owners.hpp"

#include "timeloom/dsl/cells/products.hpp"
#include "timeloom/dsl/network/looked_up_input.hpp"

namespace timeloom::codegen {

using plan::KernelKind;

namespace {

bool same_step(const declaration::graph& a, const declaration::graph& b) {
    return a.nodes == b.nodes && a.states == b.states && a.matrices == b.matrices && a.vectors == b.vectors &&
           a.affines == b.affines && a.transposed == b.transposed && a.output == b.output;
}

/// True if the kernel's code depends on the width of the layer's input. Other kernels read only values of the
/// width of the layer itself.
bool depends_on_features(KernelKind kind, int variant, const declaration::layer& l) {
    switch (kind) {
    case KernelKind::backward:
    case KernelKind::initial_state_gradient:
    case KernelKind::vector_gradient:
        return false;
    case KernelKind::weight_gradient:
        return declaration::product_groups(l.cell.step)[declaration::gradient_runs(l.cell)[variant].group]
            .reads_input;
    default:
        return true;
    }
}

/// The same kinds of kernels, and all of them equal.
bool same_kernels(const declaration::network& network, const declaration::layer& a,
                  const declaration::layer& b) {
    return a.kind == b.kind && a.features == b.features && (a.timesteps > 1) == (b.timesteps > 1) &&
           declaration::may_look_up_input(network, a) == declaration::may_look_up_input(network, b) &&
           have_same_kernel(KernelKind::backward, 1, a, b);
}

} // namespace

/// What is derived of equal equations is equal. The backward kernel alone asks at which steps the loss's
/// gradient arrives.
bool have_same_kernel(KernelKind kind, int variant, const declaration::layer& a,
                      const declaration::layer& b) {
    return a.units == b.units && a.unroll == b.unroll && same_step(a.cell.step, b.cell.step) &&
           (a.features == b.features || !depends_on_features(kind, variant, a)) &&
           (a.return_sequences == b.return_sequences || kind != KernelKind::backward);
}

std::vector<int> owners_of_kernels(const declaration::network& network) {
    std::vector<int> owners;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        owners.push_back(static_cast<int>(i));
        for (std::size_t j = 0; j < i && network.layers[i].kind == plan::LayerKind::cell; ++j) {
            if (same_kernels(network, network.layers[i], network.layers[j])) {
                owners.back() = static_cast<int>(j);
                break;
            }
        }
    }
    return owners;
}

} // namespace timeloom::codegen
