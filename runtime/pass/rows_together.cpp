#include "timeloom/runtime/pass/rows_together.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace timeloom::detail {

namespace {

std::int64_t weights_of(const plan::Layer& layer) {
    std::int64_t weights = 0;
    for (const plan::Product& p : layer.cell.products) {
        weights += std::int64_t{layer.units} * (p.reads_input() ? layer.features : layer.units) * p.gates;
    }
    return weights;
}

/// What a row keeps of a layer.
std::int64_t values_of(const plan::Layer& layer, bool training) {
    const std::int64_t units = plan::padded(layer.units);
    if (layer.kind != plan::LayerKind::cell) {
        return layer.output_timesteps() * units * (training ? 2 : 1);
    }
    const plan::Cell& cell = layer.cell;
    const std::int64_t forward = (cell.state_count() + (cell.output_state >= 0 ? 0 : 1)) * units;
    const std::int64_t backward = cell.saved * units + plan::padded(layer.features);
    return layer.timesteps * (forward + (training ? backward : 0));
}

} // namespace

int rows_together(const plan::Model& network, bool training) {
    const plan::Tuning& tuning = network.tuning;
    const auto cache = static_cast<std::int64_t>(training ? tuning.training_cache : tuning.cache);
    const auto most_weights = static_cast<std::int64_t>(tuning.cache);
    std::int64_t values = 0, weights = 0;
    for (const plan::Input& input : network.inputs) {
        values += std::int64_t{input.timesteps} * (input.features > 0 ? plan::padded(input.features) : 0);
    }
    for (const plan::Layer& layer : network.layers) {
        values += values_of(layer, training);
        weights = std::max(weights, layer.kind == plan::LayerKind::cell ? weights_of(layer) : 0);
    }
    if (weights > most_weights) {
        return std::numeric_limits<int>::max() / tuning.row_tile * tuning.row_tile;
    }
    const int least_rows = weights > most_weights / 2 ? 2 * tuning.row_tile : tuning.row_tile;
    const std::int64_t rows = cache / std::max<std::int64_t>(1, values);
    return static_cast<int>(std::max<std::int64_t>(least_rows, rows / tuning.row_tile * tuning.row_tile));
}

} // namespace timeloom::detail
