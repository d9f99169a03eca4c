#include "timeloom/codegen/kernels/kernel_owners.hpp"

#include "timeloom/dsl/network/looked_up_input.hpp"

namespace timeloom::codegen {

namespace {

bool same_step(const dsl::graph& a, const dsl::graph& b) {
    return a.nodes == b.nodes && a.states == b.states && a.matrices == b.matrices && a.vectors == b.vectors &&
           a.affines == b.affines && a.transposed == b.transposed && a.output == b.output;
}

/// All that kernels depend on. What is derived of equal equations is equal.
bool same_kernels(const dsl::network& network, const dsl::layer& a, const dsl::layer& b) {
    return a.kind == b.kind && a.features == b.features && a.units == b.units && a.unroll == b.unroll &&
           a.return_sequences == b.return_sequences && (a.timesteps > 1) == (b.timesteps > 1) &&
           dsl::may_look_up_input(network, a) == dsl::may_look_up_input(network, b) &&
           same_step(a.cell.step, b.cell.step);
}

} // namespace

std::vector<int> owners_of_kernels(const dsl::network& network) {
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
