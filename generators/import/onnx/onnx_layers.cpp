// Dense layers, and nodes that join values, pool them over time, or reshape them.
#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/generators/import/onnx/onnx_graph.hpp"

#include <optional>
#include <vector>

namespace timeloom::importing {

bool OnnxReader::read_dense_node(const OnnxNode& node) {
    const OnnxTensor* second = node.inputs.size() > 1 ? constant(node.inputs[1]) : nullptr;
    if (node.op == "MatMul") {
        if (second == nullptr)
            refuse(node, "its second operand is no constant, which cannot be imported");
        return read_dense(node, *second, false, nullptr), true;
    }
    if (node.op == "Gemm") {
        const OnnxTensor* bias =
            node.inputs.size() > 2 && !node.inputs[2].empty() ? constant(node.inputs[2]) : nullptr;
        const bool has_bias = node.inputs.size() > 2 && !node.inputs[2].empty();
        if (second == nullptr || (has_bias && bias == nullptr) || node.number("alpha", 1) != 1 ||
            (has_bias && node.number("beta", 1) != 1) || node.integer("transA", 0) != 0)
            refuse(node,
                   "it must be x · W + b with constants, alpha and beta of 1 and no transA to be imported");
        return read_dense(node, *second, node.integer("transB", 0) != 0, bias), true;
    }
    if (node.op == "Add" && is_layer(node, 0) != is_layer(node, 1))
        return read_bias(node, is_layer(node, 0) ? 1 : 0), true;
    return false;
}

void OnnxReader::read_dense(const OnnxNode& node, const OnnxTensor& kernel, bool is_transposed,
                            const OnnxTensor* bias) {
    const OnnxValue in = value(node);
    if (in.axes.empty() || in.axes.back() != 'F' || in.axes.find('D') != std::string::npos)
        refuse_axes(node, in);
    if (kernel.is_integers || kernel.shape.size() != 2)
        refuse(node, "its weights have the shape " + to_string(Shape(kernel.shape)));
    Layer layer{.kind = Kind::dense, .name = new_name(node)};
    Tensor values = is_transposed ? transposed(kernel.tensor()) : kernel.tensor();
    layer.units = static_cast<int>(values.row_size());
    layer.weights["kernel"] = std::move(values);
    layer.use_bias = bias != nullptr;
    if (bias != nullptr) {
        if (bias->floats.size() != static_cast<std::size_t>(layer.units))
            refuse(node, "its bias has the shape " + to_string(Shape(bias->shape)));
        layer.weights["bias"] = Tensor({bias->floats.size()}, bias->floats);
    }
    OnnxValue out = in;
    out.features = layer.units;
    OnnxValue added = add_layer(std::move(layer), {in});
    out.layer = added.layer;
    set(node, out);
}

/// A constant added to a product that nobody else reads is its bias.
void OnnxReader::read_bias(const OnnxNode& node, std::size_t place) {
    const OnnxTensor* bias = constant(node.inputs[place]);
    const OnnxValue in = value(node, 1 - place);
    Layer& layer = find(in.layer);
    if (bias == nullptr || bias->is_integers || layer.kind != Kind::dense || layer.use_bias ||
        uses_[node.inputs[1 - place]] != 1 || bias->floats.size() != static_cast<std::size_t>(layer.units) ||
        layer.activation != "linear" || Shape(bias->shape).back() != bias->floats.size())
        refuse(node, "what is added is no bias of the product before it, which cannot be imported");
    layer.use_bias = true;
    layer.weights["bias"] = Tensor({bias->floats.size()}, bias->floats);
    set(node, in);
}

void OnnxReader::read_join(const OnnxNode& node, Kind kind) {
    const OnnxValue a = value(node, 0), b = value(node, 1);
    if (a.axes != b.axes || a.features != b.features || a.steps != b.steps || a.direction != b.direction)
        refuse(node, "its operands differ in their axes, which cannot be imported");
    set(node, add_layer({.kind = kind, .name = new_name(node)}, {a, b}));
}

/// Side by side, one behind the other in time, or both directions' last states.
void OnnxReader::read_concat(const OnnxNode& node) {
    std::vector<OnnxValue> parts;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        parts.push_back(value(node, i));
    OnnxValue out = parts.at(0);
    const char axis = out.axes[static_cast<std::size_t>(axis_of(node, out, node.integer("axis", 0)))];
    for (const OnnxValue& p : parts)
        if (p.axes != out.axes || (p.direction < 0) != (out.direction < 0))
            refuse(node, "its operands differ in their axes, which cannot be imported");
    if (out.direction >= 0) {
        if (parts.size() != 2 || parts[0].layer != parts[1].layer || parts[0].direction != 0 ||
            parts[1].direction != 1 || axis != 'F')
            refuse(node, "of a bidirectional layer's last states only both, forward first, can be imported");
        out.direction = -1;
        return set(node, out);
    }
    if ((axis != 'F' && axis != 'T') || parts.size() < 2)
        refuse_axes(node, out);
    for (std::size_t i = 1; i < parts.size(); ++i)
        (axis == 'F' ? out.features : out.steps) += axis == 'F' ? parts[i].features : parts[i].steps;
    Layer layer{.kind = Kind::concatenate, .name = new_name(node)};
    layer.axis = axis == 'F' ? -1 : 1;
    const OnnxValue added = add_layer(std::move(layer), parts);
    out.layer = added.layer;
    set(node, out);
}

void OnnxReader::read_pooling(const OnnxNode& node, Kind kind) {
    const OnnxValue in = value(node);
    const std::vector<std::int64_t> axes = integers(node, "axes", 1);
    if (axes.size() != 1 || in.axes[static_cast<std::size_t>(axis_of(node, in, axes[0]))] != 'T' ||
        in.axes.size() != 3)
        refuse_axes(node, in);
    OnnxValue out = add_layer({.kind = kind, .name = new_name(node)}, {in});
    out.steps = 1;
    const std::size_t at = in.axes.find('T');
    if (node.integer("keepdims", 1) != 0)
        out.axes[at] = '1';
    else
        out.axes.erase(at, 1);
    set(node, out);
}

void OnnxReader::read_reshape(const OnnxNode& node) {
    const OnnxValue in = value(node);
    if (in.direction >= 0)
        refuse_axes(node, in);
    std::vector<std::optional<std::int64_t>> target{-1, -1};
    if (node.op == "Reshape")
        target = node.inputs.size() > 1 ? numbers(node, 1) : [&] {
            const auto shape = node.integers("shape");
            return std::vector<std::optional<std::int64_t>>(shape.begin(), shape.end());
        }();
    else if (node.integer("axis", 1) != 1)
        refuse(node, "its axis must be 1 to be imported");
    OnnxValue out = in;
    out.axes = reshaped(in, target);
    if (out.axes.empty())
        refuse_axes(node, in);
    if (out.axes == "BF!") {
        const int features = in.steps * in.features;
        out = add_layer({.kind = Kind::flatten, .name = new_name(node)}, {in});
        out.axes = "BF";
        out.steps = 1;
        out.features = features;
    }
    set(node, out);
}

} // namespace timeloom::importing
