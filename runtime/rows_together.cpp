#include "timeloom/runtime/rows_together.hpp"

#include "timeloom/dsl/kernel_signature.hpp"
#include "timeloom/dsl/layout.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace timeloom {

namespace {

std::int64_t weights_of(const dsl::layer& layer) {
    std::int64_t weights = 0;
    for (const dsl::matrix& m : layer.cell.step.matrices) {
        const bool reads_input = layer.cell.step.nodes[m.operand].kind == dsl::node_kind::input;
        weights += std::int64_t{layer.units} * (reads_input ? layer.features : layer.units);
    }
    return weights;
}

/// What a row keeps of a layer.
std::int64_t values_of(const dsl::layer& layer, bool training) {
    const std::int64_t units = dsl::padded(layer.units);
    if (layer.kind != dsl::layer_kind::cell) {
        return layer.output_timesteps() * units * (training ? 2 : 1);
    }
    const dsl::graph& cell = layer.cell.step;
    const std::int64_t forward = (cell.states.size() + (cell.is_next_state(cell.output) ? 0 : 1)) * units;
    const std::int64_t backward = layer.cell.saved.size() * units + dsl::padded(layer.features);
    return layer.timesteps * (forward + (training ? backward : 0));
}

} // namespace

int rows_together(const dsl::network& network, bool training) {
    constexpr std::int64_t most_weights = 512 * 1024 / sizeof(float), few_weights = most_weights / 2;
    constexpr std::int64_t inference_values = 512 * 1024 / sizeof(float);
    constexpr std::int64_t training_values = 3 * inference_values;
    std::int64_t values = 0, weights = 0;
    for (const dsl::model_input& input : network.inputs) {
        values += std::int64_t{input.timesteps} * (input.features > 0 ? dsl::padded(input.features) : 0);
    }
    for (const dsl::layer& layer : network.layers) {
        values += values_of(layer, training);
        weights = std::max(weights, layer.kind == dsl::layer_kind::cell ? weights_of(layer) : 0);
    }
    if (weights > most_weights) {
        return std::numeric_limits<int>::max() / dsl::row_tile * dsl::row_tile;
    }
    const int least_rows = weights > few_weights ? 2 * dsl::row_tile : dsl::row_tile;
    const std::int64_t rows =
        (training ? training_values : inference_values) / std::max<std::int64_t>(1, values);
    return static_cast<int>(std::max<std::int64_t>(least_rows, rows / dsl::row_tile * dsl::row_tile));
}

} // namespace timeloom
