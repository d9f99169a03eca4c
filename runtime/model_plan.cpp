#include "timeloom/runtime/model_plan.hpp"

#include "timeloom/dsl/fingerprint.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom {

ModelPlan::ModelPlan(dsl::network n, const KernelTable& table)
    : network(std::move(n)), kernels(&table), layout(network), transposed(network.layers.size()) {
    if (dsl::fingerprint(network) != table.fingerprint) {
        throw Error("the kernels of " + std::string(table.model) +
                    " were generated from another declaration; build them again with timeloom_add_model()");
    }
    const auto round_up = [](std::size_t floats) { return (floats + 15) / 16 * 16; };
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (network.layers[i].kind == dsl::layer_kind::cell) {
            transposed[i].recurrent = transposed_size;
            transposed_size += round_up(transposed_recurrent_size(network.layers[i]));
            transposed[i].input = transposed_size;
            transposed_size += round_up(transposed_input_size(network.layers[i]));
        }
    }
}

void ModelPlan::require_training_kernels() const {
    const auto is_for_inference = [](const KernelEntry& e) { return dsl::is_for_inference(e.kind); };
    if (!kernels->entries.empty() && std::ranges::all_of(kernels->entries, is_for_inference)) {
        const std::string name(kernels->model);
        throw Error("the kernels of " + name + " at hand only predict and evaluate: give the Model " + name +
                    "_kernels instead of " + name + "_inference_kernels to train it");
    }
}

} // namespace timeloom
