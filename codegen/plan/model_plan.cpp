#include "timeloom/codegen/plan/model_plan.hpp"

#include "timeloom/codegen/plan/kernel_owners.hpp"
#include "timeloom/codegen/plan/layer_type.hpp"
#include "timeloom/codegen/plan/plan_cell.hpp"
#include "timeloom/codegen/plan/plan_equations.hpp"
#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/dsl/network/fingerprint.hpp"

#include <algorithm>

namespace timeloom::codegen {

using plan::padded;

model_plan::model_plan(const declaration::network& network, const std::string& name) {
    plan_.name = storage_.keep(name);
    plan_.fingerprint = declaration::fingerprint(network, row_tile);
    plan_.tuning = tuning();
    add_inputs(network);
    add_layers(network);
}

void model_plan::add_inputs(const declaration::network& network) {
    std::vector<plan::Input> inputs;
    for (const declaration::model_input& i : network.inputs) {
        inputs.push_back({storage_.keep(i.name), i.timesteps, i.features, i.is_sequence, i.is_ragged});
    }
    plan_.inputs = storage_.keep(std::move(inputs));
}

void model_plan::add_layers(const declaration::network& network) {
    const parameter_plan parameters = plan_parameters(network, storage_);
    const std::vector<int> owners = owners_of_kernels(network);
    std::vector<plan::Layer> layers;
    std::vector<plan::Equations> equations(network.layers.size());
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const declaration::layer& l = network.layers[i];
        layers.push_back({.kind = l.kind,
                          .name = storage_.keep(l.name),
                          .type = storage_.keep(layer_type(network, i)),
                          .timesteps = l.timesteps,
                          .features = l.features,
                          .units = l.units,
                          .reads = storage_.keep(l.reads),
                          .initial_states = storage_.keep(l.initial_states),
                          .normalized = l.normalized,
                          .pooled = l.pooled,
                          .kernels_of = owners[i],
                          .parameters_of = static_cast<int>(i) - l.shares,
                          .has_parameters = parameters.layers[i].has_parameters,
                          .vectors = parameters.layers[i].vectors});
        plan::for_each_option(layers.back(), l,
                              [](const char*, auto& planned, const auto& declared) { planned = declared; });
        if (l.kind == plan::LayerKind::cell) {
            layers.back().cell = plan_cell(network, l, parameters.layers[i], storage_);
            equations[i] = plan_equations(l, parameters.layers[i], storage_);
        }
    }
    for (plan::Layer& l : layers) { // of a layer that shares another one's, the one that owns them
        l.parameters_of = layers[static_cast<std::size_t>(l.parameters_of)].parameters_of;
    }
    place_transposed(layers);
    plan_.layers = storage_.keep(std::move(layers));
    plan_.equations = storage_.keep(std::move(equations));
    plan_.parameters = storage_.keep(parameters.parameters);
    plan_.parameters_size = parameters.size;
    plan_.dense_begin = parameters.dense_begin;
}

namespace {

/// Every piece starts on a cache line.
std::size_t place(std::size_t& size, int width, int units, std::size_t matrices) {
    const std::size_t offset = size;
    const std::size_t floats =
        static_cast<std::size_t>(padded(width)) * static_cast<std::size_t>(units) * matrices;
    size += (floats + 15) / 16 * 16;
    return offset;
}

bool same_matrices(const plan::TransposedMatrices& a, const plan::TransposedMatrices& b) {
    return std::ranges::equal(a.matrices, b.matrices);
}

} // namespace

/// Layers that share parameters share what is transposed of them, too.
void model_plan::place_transposed(std::vector<plan::Layer>& layers) {
    for (plan::Layer& l : layers) {
        const plan::Cell& owner = layers[static_cast<std::size_t>(l.parameters_of)].cell;
        if (&owner != &l.cell && same_matrices(owner.recurrent, l.cell.recurrent) &&
            same_matrices(owner.input, l.cell.input)) {
            l.cell.recurrent.offset = owner.recurrent.offset;
            l.cell.input.offset = owner.input.offset;
        } else if (l.kind == plan::LayerKind::cell) {
            l.cell.recurrent.offset =
                place(plan_.transposed_size, l.units, l.units, l.cell.recurrent.matrices.size());
            l.cell.input.offset =
                place(plan_.transposed_size, l.features, l.units, l.cell.input.matrices.size());
        }
    }
}

/// What the arguments mean does not depend on the target. Kernels of one name are one.
void model_plan::add_kernels(const std::vector<network_kernel>& kernels) {
    std::vector<plan::Kernel> described;
    for (const network_kernel& k : kernels) {
        const auto same = std::ranges::find(described, k.code.name, &plan::Kernel::name);
        plan::Kernel kernel = same == described.end() ? plan::Kernel{} : *same;
        if (same == described.end()) {
            kernel.name = storage_.keep(k.code.name);
            kernel.signature = storage_.keep(signature_of(k));
        }
        kernel.layer = k.layer;
        kernel.kind = k.kind;
        kernel.variant = k.variant;
        described.push_back(kernel);
    }
    plan_.kernels = storage_.keep(std::move(described));
}

} // namespace timeloom::codegen
