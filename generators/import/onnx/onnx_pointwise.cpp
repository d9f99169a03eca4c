// Nodes that compute every value, or every vector of features, by itself.
#include "timeloom/generators/import/onnx/onnx_cells.hpp"
#include "timeloom/generators/import/onnx/onnx_graph.hpp"

#include <cmath>
#include <utility>

namespace timeloom::importing {

namespace {

bool is_near(float a, double b) { return std::abs(static_cast<double>(a) - b) < 1e-6; }

} // namespace

bool OnnxReader::read_pointwise_node(const OnnxNode& node) {
    if (node.op == "Add" || node.op == "Sub" || node.op == "Mul")
        return read_join(node, node.op == "Add"   ? Kind::add
                               : node.op == "Sub" ? Kind::subtract
                                                  : Kind::multiply),
               true;
    if (node.op == "Concat")
        return read_concat(node), true;
    if (node.op == "ReduceMean" || node.op == "ReduceMax")
        return read_pooling(node, node.op == "ReduceMean" ? Kind::global_average_pooling
                                                          : Kind::global_max_pooling),
               true;
    if (node.op == "Softmax")
        return read_softmax(node), true;
    if (node.op == "LayerNormalization")
        return read_layer_normalization(node), true;
    const std::string activation = activation_of(node);
    return !activation.empty() && (read_activation(node, activation), true);
}

/// True if the node works on the vectors of features: its axis is the last one, and that holds features.
bool OnnxReader::is_over_features(const OnnxNode& node, std::int64_t axis) const {
    const OnnxValue& in = value(node);
    return axis_of(node, in, axis) + 1 == static_cast<std::int64_t>(in.axes.size()) &&
           in.axes.back() == 'F' && in.axes.find('D') == std::string::npos;
}

void OnnxReader::read_softmax(const OnnxNode& node) {
    if (!is_over_features(node, node.integer("axis", graph_.opset < 13 ? 1 : -1)))
        refuse(node, "it must be over the last axis to be imported");
    set(node, add_layer({.kind = Kind::softmax, .name = new_name(node)}, {value(node)}));
}

void OnnxReader::read_layer_normalization(const OnnxNode& node) {
    const OnnxTensor* gamma = node.inputs.size() > 1 ? constant(node.inputs[1]) : nullptr;
    const OnnxTensor* beta = node.inputs.size() > 2 ? constant(node.inputs[2]) : nullptr;
    if (gamma == nullptr || gamma->is_integers || !is_over_features(node, node.integer("axis", -1)))
        refuse(node, "it must be over the last axis, with a constant scale, to be imported");
    Layer layer{.kind = Kind::layer_normalization, .name = new_name(node)};
    layer.epsilon = static_cast<double>(node.number("epsilon", 1e-5f));
    layer.weights["gamma"] = Tensor({gamma->floats.size()}, gamma->floats);
    layer.center = beta != nullptr;
    if (layer.center)
        layer.weights["beta"] = Tensor({beta->floats.size()}, beta->floats);
    set(node, add_layer(std::move(layer), {value(node)}));
}

/// The activation that the node computes with its parameters; empty where it computes something else.
std::string OnnxReader::activation_of(const OnnxNode& node) {
    if (node.op == "Exp" || node.op == "Abs" || node.op == "Mish")
        return node.op == "Exp" ? "exp" : node.op == "Abs" ? "abs" : "mish";
    if (node.op == "Selu") {
        if (!is_near(node.number("alpha", 1.6732632f), 1.6732632) ||
            !is_near(node.number("gamma", 1.050701f), 1.050701))
            refuse(node, "its alpha and gamma must be ONNX's defaults to be imported");
        return "selu";
    }
    if (node.op == "LeakyRelu" && !is_near(node.number("alpha", 0.01f), 0.01)) {
        if (!is_near(node.number("alpha", 0), 0.2))
            refuse(node, "its alpha must be 0.01 or 0.2 to be imported");
        return "leaky_relu";
    }
    if ((node.op == "Elu" && node.number("alpha", 1) != 1) ||
        (node.op == "HardSigmoid" && !is_near(node.number("beta", 0.5f), 0.5)))
        refuse(node, "its parameters must be ONNX's defaults to be imported");
    if (node.op == "HardSigmoid" && !is_near(node.number("alpha", 0.2f), 0.2)) {
        if (!is_near(node.number("alpha", 0), 1.0 / 6))
            refuse(node, "its alpha must be 0.2 or 1/6 to be imported");
        return "hard_sigmoid";
    }
    return from_onnx_activation(node.op);
}

/// A dense layer that nobody else reads has the activation itself.
void OnnxReader::read_activation(const OnnxNode& node, const std::string& activation) {
    const OnnxValue in = value(node);
    Layer& before = find(in.layer);
    if (before.kind == Kind::dense && before.activation == "linear" && uses_[node.inputs[0]] == 1) {
        before.activation = activation;
        return set(node, in);
    }
    Layer layer{.kind = Kind::activation, .name = new_name(node)};
    layer.activation = activation;
    set(node, add_layer(std::move(layer), {in}));
}

} // namespace timeloom::importing
