#include "timeloom/runtime/onnx/value.hpp"

#include <limits>

namespace timeloom::onnx {

Value reversed(Graph& graph, const Value& value) {
    if (!value.is_sequence) { // of one step
        return value;
    }
    const auto turned = [&](const std::string& name) {
        return graph.add("Slice", {name, graph.constant(Numbers{-1}),
                                   graph.constant(Numbers{std::numeric_limits<std::int64_t>::min()}),
                                   graph.constant(Numbers{1}), graph.constant(Numbers{-1})});
    };
    Value result = value;
    result.name = turned(value.name);
    result.mask = value.mask.empty() ? "" : turned(value.mask);
    return result;
}

std::string unsqueezed(Graph& graph, const std::string& value, std::int64_t axis) {
    return graph.add("Unsqueeze", {value, graph.constant(Numbers{axis})});
}

std::string squeezed(Graph& graph, const std::string& value, std::int64_t axis) {
    return graph.add("Squeeze", {value, graph.constant(Numbers{axis})});
}

std::string filled(Graph& graph, const std::string& like, const Numbers& extents, float value) {
    const std::string rows =
        graph.add("Shape", {like}, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
    const std::string shape =
        graph.add("Concat", {rows, graph.constant(extents)}, {{"axis", std::int64_t{0}}});
    return graph.add("Expand", {graph.constant(value), shape});
}

std::vector<float> values_of(const plan::PackedMatrix& matrix, std::span<const float> parameters) {
    std::vector<float> values;
    for (int row = 0; row < matrix.rows; ++row) {
        for (int unit = 0; unit < matrix.units; ++unit) {
            values.push_back(parameters[matrix.index(row, unit)]);
        }
    }
    return values;
}

std::vector<float> transposed_values_of(const plan::PackedMatrix& matrix, std::span<const float> parameters) {
    std::vector<float> values;
    for (int unit = 0; unit < matrix.units; ++unit) {
        for (int row = 0; row < matrix.rows; ++row) {
            values.push_back(parameters[matrix.index(row, unit)]);
        }
    }
    return values;
}

} // namespace timeloom::onnx
