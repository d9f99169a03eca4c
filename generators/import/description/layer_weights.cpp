#include "timeloom/generators/import/description/layer_weights.hpp"

#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::importing {

namespace {

using Shapes = std::map<std::string, Shape>;

std::size_t extent(int n) { return static_cast<std::size_t>(n); }

Shapes cell_weights(const Layer& layer, int features) {
    const std::size_t units = extent(layer.units), columns = extent(gate_count(layer.kind)) * units;
    Shapes shapes{{"kernel", {extent(features), columns}}, {"recurrent_kernel", {units, columns}}};
    if (layer.use_bias)
        shapes["bias"] = {columns};
    if (layer.use_bias && layer.kind == Kind::gru && layer.reset_after)
        shapes["recurrent_bias"] = {columns};
    for (const char* role : {"initial_h", "initial_c", "peephole_i", "peephole_f", "peephole_o"})
        if (layer.has(role) && (layer.kind == Kind::lstm || role == std::string("initial_h")))
            shapes[role] = {units};
    return shapes;
}

Shapes expected_weights(const Layer& layer, int features) {
    if (layer.is_cell())
        return cell_weights(layer, features);
    Shapes shapes;
    if (layer.kind == Kind::dense) {
        shapes["kernel"] = {extent(features), extent(layer.units)};
        if (layer.use_bias)
            shapes["bias"] = {extent(layer.units)};
    } else if (layer.kind == Kind::embedding) {
        shapes["embeddings"] = {extent(layer.features), extent(layer.units)};
    } else if (layer.kind == Kind::layer_normalization) {
        if (layer.scale)
            shapes["gamma"] = {extent(features)};
        if (layer.center)
            shapes["beta"] = {extent(features)};
    }
    return shapes;
}

void check_weight(const Layer& layer, const std::string& role, const Tensor& values, const Shape& expected) {
    if (!(values.shape() == expected))
        throw Error(label(layer) + ": its " + role + " has the shape " + to_string(values.shape()) +
                    ", but what the layer reads and its units need " + to_string(expected));
    const auto wrong = std::ranges::find_if(values.values(), [](float v) { return !std::isfinite(v); });
    if (wrong != values.values().end())
        throw Error(label(layer) + ": its " + role + " is not finite at position " +
                    std::to_string(wrong - values.values().begin()) + "; train again, or save another epoch");
}

} // namespace

void check_weights(const Layer& layer, int features) {
    const Shapes expected = expected_weights(layer, features);
    for (const auto& [role, shape] : expected) {
        if (!layer.has(role))
            throw Error(label(layer) + ": the file has no " + role + " for it, which should have the shape " +
                        to_string(shape));
        check_weight(layer, role, layer.weights.at(role), shape);
    }
    for (const auto& [role, values] : layer.weights)
        if (!expected.contains(role))
            throw Error(label(layer) + ": the file has a " + role + " of shape " + to_string(values.shape()) +
                        " for it, which such a layer does not have");
}

} // namespace timeloom::importing
