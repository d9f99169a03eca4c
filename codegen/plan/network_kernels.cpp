#include "timeloom/codegen/plan/network_kernels.hpp"

#include "timeloom/codegen/algorithm/recurrent.hpp"
#include "timeloom/codegen/algorithm/weight_gradient.hpp"
#include "timeloom/codegen/plan/kernel_owners.hpp"
#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/dsl/network/looked_up_input.hpp"

#include <algorithm>
#include <span>

namespace timeloom::codegen {

using Halide::Target;
using plan::KernelKind;

namespace {

recurrent_layer layer_for(const declaration::layer& l, int rows) {
    return {.cell = l.cell,
            .features = l.features,
            .units = l.units,
            .timesteps = 0,
            .rows = rows,
            .unroll = l.unroll,
            .return_sequences = l.return_sequences};
}

kernel_pipeline build(KernelKind kind, const recurrent_layer& layer, const Target& target) {
    switch (kind) {
    case KernelKind::forward_ahead: {
        recurrent_layer many_steps = layer;
        many_steps.steps_ahead = codegen::steps_ahead;
        return build_forward(many_steps, false, target);
    }
    case KernelKind::forward:
        return build_forward(layer, false, target);
    case KernelKind::forward_training:
        return build_forward(layer, true, target);
    case KernelKind::forward_looked_up:
    case KernelKind::forward_training_looked_up: {
        recurrent_layer looking_up = layer;
        looking_up.looks_up_input = true;
        return build_forward(looking_up, kind == KernelKind::forward_training_looked_up, target);
    }
    case KernelKind::row_products:
        return build_row_products(layer, target);
    case KernelKind::backward:
        return build_backward(layer, target);
    case KernelKind::initial_state_gradient:
        return build_initial_state_gradient(layer, target);
    default:
        return build_input_gradient(layer, target);
    }
}

struct named_kind {
    KernelKind kind;
    const char* name;
};

/// The kinds that compute rows at every time step.
std::vector<named_kind> step_kinds(const declaration::layer& l, bool looks_up_input) {
    std::vector<named_kind> kinds{{KernelKind::forward, "forward"},
                                  {KernelKind::forward_training, "forward_training"},
                                  {KernelKind::backward, "backward"},
                                  {KernelKind::input_gradient, "input_gradient"}};
    if (!l.cell.step.states.empty()) {
        kinds.push_back({KernelKind::initial_state_gradient, "initial_state_gradient"});
    }
    if (looks_up_input) {
        kinds.push_back({KernelKind::row_products, "row_products"});
        kinds.push_back({KernelKind::forward_looked_up, "forward_looked_up"});
        kinds.push_back({KernelKind::forward_training_looked_up, "forward_training_looked_up"});
    }
    return kinds;
}

void add_cell_kernels(const declaration::layer& l, int position, const std::string& prefix,
                      bool whole_batches, bool looks_up_input, std::vector<network_kernel>& kernels) {
    const bool has_states = !l.cell.step.states.empty();
    const auto add = [&](KernelKind kind, int variant, const std::string& name,
                         std::function<kernel_pipeline(const Target&)> builder) {
        kernels.push_back({position, kind, variant, {prefix + name, std::move(builder)}});
    };
    for (const auto& [kind, name] : step_kinds(l, looks_up_input)) {
        for (const int rows : {row_tile, 1}) {
            const bool is_needed = rows > 1 ? whole_batches : kind != KernelKind::row_products;
            if (!is_needed) {
                continue;
            }
            add(kind, rows, std::string(name) + (rows == 1 ? "_single_row" : ""),
                [kind = kind, layer = layer_for(l, rows)](const Target& target) {
                    return build(kind, layer, target);
                });
        }
    }
    if (has_states && l.timesteps > 1 && l.features >= least_features_ahead && l.unroll == 1) {
        add(KernelKind::forward_ahead, 1, "forward_ahead", [layer = layer_for(l, 1)](const Target& target) {
            return build(KernelKind::forward_ahead, layer, target);
        });
    }
    const auto runs = declaration::gradient_runs(l.cell);
    for (int r = 0; r < runs.size(); ++r) {
        add(KernelKind::weight_gradient, r, "weight_gradient_" + std::to_string(r),
            [layer = layer_for(l, 1), run = runs[r]](const Target& target) {
                return build_weight_gradient(layer, run, target);
            });
    }
    if (!l.cell.diff_vector.empty()) {
        add(KernelKind::vector_gradient, 0, "vector_gradient",
            [layer = layer_for(l, 1)](const Target& target) { return build_vector_gradient(layer, target); });
    }
}

/// Gives the kernels from `first` on, of one layer, the code of those before that compute the same.
void share_code(const declaration::network& network, std::size_t first,
                std::vector<network_kernel>& kernels) {
    const auto layer_of = [&](const network_kernel& k) -> const declaration::layer& {
        return network.layers[static_cast<std::size_t>(k.layer)];
    };
    const auto earlier = std::span(kernels).first(first);
    for (network_kernel& k : std::span(kernels).subspan(first)) {
        const auto same = std::ranges::find_if(earlier, [&](const network_kernel& e) {
            return e.kind == k.kind && e.variant == k.variant &&
                   have_same_kernel(k.kind, k.variant, layer_of(e), layer_of(k));
        });
        if (same != earlier.end()) {
            k.code = same->code;
        }
    }
}

} // namespace

std::vector<plan::KernelArgument> signature_of(const network_kernel& kernel) {
    using enum plan::ArgumentRole;
    if (kernel.kind == KernelKind::stream) {
        return {{matrices}, {previous_state}, {input}, {output}};
    }
    return kernel.code.build(Target("x86-64-linux")).signature;
}

std::vector<network_kernel> kernels_of(const declaration::network& network, const std::string& model,
                                       int batch) {
    const bool whole_batches = batch == 0 || batch >= row_tile;
    const std::vector<int> owners = owners_of_kernels(network);
    std::vector<network_kernel> kernels;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const declaration::layer& l = network.layers[i];
        if (l.kind == plan::LayerKind::cell && owners[i] == static_cast<int>(i)) {
            std::string prefix = model + "_" + l.name + "_";
            std::ranges::replace(prefix, '/', '_');
            const std::size_t first = kernels.size();
            add_cell_kernels(l, static_cast<int>(i), prefix, whole_batches,
                             whole_batches && declaration::may_look_up_input(network, l), kernels);
            share_code(network, first, kernels);
        }
    }
    return kernels;
}

} // namespace timeloom::codegen
