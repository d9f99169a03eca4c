// The reader's beginning and end, operands, and nodes that only move axes or compute shapes.
#include "timeloom/generators/import/onnx/onnx_graph.hpp"

#include "timeloom/generators/import/description/normalized.hpp"
#include "timeloom/generators/import/onnx/onnx_cells.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace timeloom::importing {

OnnxReader::OnnxReader(const OnnxGraph& graph, const ImportOptions& options, std::string axes)
    : graph_(graph), options_(options), axes_(std::move(axes)) {}

Description OnnxReader::run() {
    if (graph_.outputs.size() != 1)
        throw Error("its graph has " + std::to_string(graph_.outputs.size()) +
                    " outputs, but only models of one output can be imported; export the model with one");
    for (const OnnxNode& node : graph_.nodes)
        for (const std::string& input : node.inputs)
            ++uses_[input];
    ++uses_[graph_.outputs[0]];
    read_inputs();
    for (const OnnxNode& node : graph_.nodes)
        read(node);
    const auto found = values_.find(graph_.outputs[0]);
    if (found == values_.end() || found->second.kind != OnnxValue::Kind::layer)
        throw Error("its output '" + graph_.outputs[0] + "' is made by no layer");
    if (found->second.direction >= 0 || found->second.axes.find('M') != std::string::npos ||
        found->second.axes.find('N') != std::string::npos)
        throw Error("its output '" + graph_.outputs[0] + "' has axes that cannot be imported");
    Description description{.origin = graph_.producer.empty() ? "ONNX" : "ONNX of " + graph_.producer};
    description.layers = without_unused(layers_, found->second.layer);
    return normalized(std::move(description));
}

void OnnxReader::refuse(const OnnxNode& node, const std::string& why) {
    throw Error(node.label() + ": " + why);
}

void OnnxReader::refuse_axes(const OnnxNode& node, const OnnxValue& value) {
    throw OnnxAxesError(node.label() + ": what it does to axes " + value.axes +
                        " (B batch, T time, D direction, F features) cannot be imported");
}

// ---- Inputs ----

void OnnxReader::read_inputs() {
    for (const OnnxInput& input : graph_.inputs) {
        const std::string where = "input '" + input.name + "'";
        const std::string axes = input.shape.size() == 3                        ? axes_
                                 : input.shape.size() == 2 && input.is_integers ? axes_.substr(0, 2)
                                 : input.shape.size() == 2                      ? "BF"
                                                                                : "";
        if (axes.empty())
            throw Error(where + ": it has " + std::to_string(input.shape.size()) +
                        " axes, but 2 or 3 can be imported");
        Layer layer{.kind = Kind::input, .name = input.name};
        if (const auto time = axes.find('T'); time != std::string::npos) {
            const std::int64_t steps = input.shape[time];
            layer.timesteps = options_.timesteps > 0
                                  ? options_.timesteps
                                  : static_cast<int>(std::min<std::int64_t>(steps, 1 << 24));
            if (layer.timesteps < 1)
                throw OnnxAxesError(
                    where + ": the file leaves its number of time steps open; give it with --timesteps");
        }
        if (const auto features = axes.find('F'); features != std::string::npos) {
            layer.features = static_cast<int>(std::clamp<std::int64_t>(input.shape[features], 0, 1 << 24));
            if (layer.features < 1)
                throw Error(where +
                            ": the file leaves its number of features open, which cannot be imported");
        }
        OnnxValue v{.layer = input.name,
                    .axes = axes,
                    .steps = std::max(layer.timesteps, 1),
                    .features = layer.features};
        layers_.push_back(std::move(layer));
        values_[input.name] = std::move(v);
    }
}

// ---- Operands ----

const OnnxTensor* OnnxReader::constant(const std::string& name) const {
    for (const auto* all : {&constants_, &graph_.constants})
        if (const auto found = all->find(name); found != all->end())
            return &found->second;
    return nullptr;
}

bool OnnxReader::is_layer(const OnnxNode& node, std::size_t place) const {
    if (place >= node.inputs.size())
        return false;
    const auto found = values_.find(node.inputs[place]);
    return found != values_.end() && found->second.kind == OnnxValue::Kind::layer;
}

const OnnxValue& OnnxReader::value(const OnnxNode& node, std::size_t place) const {
    if (!is_layer(node, place))
        refuse(node, "operand " + std::to_string(place) + " is no layer's output, which cannot be imported");
    return values_.at(node.inputs[place]);
}

std::vector<std::optional<std::int64_t>> OnnxReader::numbers(const OnnxNode& node, std::size_t place) const {
    if (place >= node.inputs.size())
        refuse(node, "it lacks operand " + std::to_string(place));
    if (const OnnxTensor* c = constant(node.inputs[place]); c != nullptr && c->is_integers)
        return {c->integers.begin(), c->integers.end()};
    const auto found = values_.find(node.inputs[place]);
    if (found == values_.end() || found->second.kind != OnnxValue::Kind::numbers)
        refuse(node,
               "operand " + std::to_string(place) + " is no list of integers, which cannot be imported");
    return found->second.numbers;
}

/// Axes and the like: an attribute before opset 13, an operand since.
std::vector<std::int64_t> OnnxReader::integers(const OnnxNode& node, const char* attribute,
                                               std::size_t place) const {
    if (place >= node.inputs.size() || node.inputs[place].empty())
        return node.integers(attribute);
    std::vector<std::int64_t> result;
    for (const auto& n : numbers(node, place)) {
        if (!n)
            refuse(node, "operand " + std::to_string(place) +
                             " is known only when the model runs, which cannot be imported");
        result.push_back(*n);
    }
    return result;
}

std::int64_t OnnxReader::axis_of(const OnnxNode& node, const OnnxValue& v, std::int64_t axis) const {
    const auto rank = static_cast<std::int64_t>(v.axes.size());
    if (axis < -rank || axis >= rank)
        refuse(node,
               "its axis " + std::to_string(axis) + " does not fit to " + std::to_string(rank) + " axes");
    return axis < 0 ? axis + rank : axis;
}

// ---- Results ----

void OnnxReader::set(const OnnxNode& node, OnnxValue v, std::size_t output) {
    if (output < node.outputs.size() && !node.outputs[output].empty())
        values_[node.outputs[output]] = std::move(v);
}

std::string OnnxReader::new_name(const OnnxNode& node) { return node.op + "_" + std::to_string(++numbered_); }

OnnxValue OnnxReader::add_layer(Layer layer, const std::vector<OnnxValue>& reads) {
    for (const OnnxValue& r : reads)
        layer.reads.push_back(r.layer);
    OnnxValue result = reads.at(0);
    result.layer = layer.name;
    layers_.push_back(std::move(layer));
    return result;
}

Layer& OnnxReader::find(const std::string& name) { return *std::ranges::find(layers_, name, &Layer::name); }

// ---- Nodes ----

void OnnxReader::read(const OnnxNode& node) {
    for (const auto& [name, attribute] : node.attributes)
        if (attribute.has_graph)
            refuse(node, "it has a graph of its own, which cannot be imported");
    if (is_onnx_cell(node.op))
        return read_cell(node);
    if (moves_zeros(node))
        return set(node, {.kind = OnnxValue::Kind::zeros});
    if (!read_shape_node(node) && !read_axes_node(node) && !read_dense_node(node) &&
        !read_pointwise_node(node))
        refuse(node, "such nodes cannot be imported; docs/import.md lists those that can");
}

bool OnnxReader::reads_numbers(const OnnxNode& node) const {
    const auto is_numbers = [&](const std::string& name) {
        const auto found = values_.find(name);
        const OnnxTensor* c = constant(name);
        return name.empty() || (found != values_.end() && found->second.kind == OnnxValue::Kind::numbers) ||
               (c != nullptr && c->is_integers);
    };
    return !node.inputs.empty() && std::ranges::all_of(node.inputs, is_numbers);
}

/// Zeros stay zeros wherever they are moved: initial states of a batch that is known only when the model
/// runs.
bool OnnxReader::moves_zeros(const OnnxNode& node) const {
    static const std::set<std::string> moving = {"Cast",  "Concat",  "Gather",    "Identity", "Reshape",
                                                 "Slice", "Squeeze", "Transpose", "Unsqueeze"};
    const auto is_zeros = [&](const std::string& name) {
        const auto found = values_.find(name);
        return found != values_.end() && found->second.kind == OnnxValue::Kind::zeros;
    };
    return moving.contains(node.op) && !node.inputs.empty() &&
           (node.op == "Concat" ? std::ranges::all_of(node.inputs, is_zeros) : is_zeros(node.inputs[0]));
}

/// Nodes that compute extents, not values.
bool OnnxReader::read_shape_node(const OnnxNode& node) {
    if (node.op == "Constant") {
        const auto found = node.attributes.find("value");
        OnnxTensor& c = constants_[node.outputs.empty() ? "" : node.outputs[0]];
        if (found != node.attributes.end() && found->second.has_tensor)
            c = found->second.tensor;
        else if (node.attributes.contains("value_float"))
            c = {.floats = {node.number("value_float", 0)}};
        else if (node.attributes.contains("value_int"))
            c = {.is_integers = true, .integers = {node.integer("value_int", 0)}};
        else if (node.attributes.contains("value_ints"))
            c = {.shape = {node.integers("value_ints").size()},
                 .is_integers = true,
                 .integers = node.integers("value_ints")};
        else
            refuse(node, "its value cannot be imported");
        return true;
    }
    if (node.op == "Shape") {
        OnnxValue result{.kind = OnnxValue::Kind::numbers};
        for (const char axis : value(node).axes)
            result.numbers.push_back(axis == 'T'   ? std::optional<std::int64_t>(value(node).steps)
                                     : axis == 'F' ? std::optional<std::int64_t>(value(node).features)
                                                   : std::nullopt);
        set(node, result);
        return true;
    }
    if (node.op == "ConstantOfShape" || node.op == "Expand") {
        const OnnxTensor* filled =
            node.op == "Expand" && !node.inputs.empty() ? constant(node.inputs[0]) : nullptr;
        if (const auto found = node.attributes.find("value"); found != node.attributes.end())
            filled = &found->second.tensor;
        const auto is_zero = [](const auto& v) { return v == 0; };
        const bool zeros = filled == nullptr ? node.op == "ConstantOfShape"
                                             : std::ranges::all_of(filled->floats, is_zero) &&
                                                   std::ranges::all_of(filled->integers, is_zero);
        if (!zeros)
            refuse(node, "only zeros can be imported of it");
        set(node, {.kind = OnnxValue::Kind::zeros});
        return true;
    }
    if (!reads_numbers(node))
        return false;
    read_numbers_node(node);
    return true;
}

void OnnxReader::read_numbers_node(const OnnxNode& node) {
    OnnxValue result{.kind = OnnxValue::Kind::numbers, .numbers = numbers(node, 0)};
    const auto count = static_cast<std::int64_t>(result.numbers.size());
    if (node.op == "Concat") {
        for (std::size_t i = 1; i < node.inputs.size(); ++i)
            for (const auto& n : numbers(node, i))
                result.numbers.push_back(n);
    } else if (node.op == "Gather") {
        std::vector<std::optional<std::int64_t>> picked;
        for (const std::int64_t index : integers(node, "", 1)) {
            const std::int64_t at = index < 0 ? index + count : index;
            picked.push_back(at >= 0 && at < count ? result.numbers[static_cast<std::size_t>(at)]
                                                   : std::nullopt);
        }
        result.numbers = picked;
    } else if (node.op == "Slice" && node.inputs.size() >= 3) {
        std::int64_t first = integers(node, "", 1).at(0), last = integers(node, "", 2).at(0);
        first = std::clamp<std::int64_t>(first < 0 ? first + count : first, 0, count);
        last = std::clamp<std::int64_t>(last < 0 ? last + count : last, first, count);
        result.numbers = {result.numbers.begin() + first, result.numbers.begin() + last};
    } else if (node.op != "Unsqueeze" && node.op != "Squeeze" && node.op != "Cast" && node.op != "Identity") {
        result.numbers.assign(result.numbers.size(), std::nullopt); // arithmetic of extents
    }
    set(node, result);
}

/// Nodes that move, drop or merge axes.
bool OnnxReader::read_axes_node(const OnnxNode& node) {
    static const std::set<std::string> others = {"Identity",  "Dropout", "Cast",
                                                 "Transpose", "Squeeze", "Unsqueeze"};
    if (node.op == "Gather")
        return read_gather(node), true;
    if (node.op == "Slice")
        return read_slice(node), true;
    if (node.op == "Reshape" || node.op == "Flatten")
        return read_reshape(node), true;
    if (!others.contains(node.op))
        return false;
    if (const OnnxTensor* c = node.inputs.empty() ? nullptr : constant(node.inputs[0])) {
        if (node.op != "Identity")
            refuse(node, "it reads a constant, which cannot be imported");
        const OnnxTensor copy = *c;
        constants_[node.outputs.at(0)] = copy;
        return true;
    }
    OnnxValue result = value(node);
    if (node.op == "Transpose")
        result.axes = permuted(result.axes, node.integers("perm"));
    else if (node.op == "Squeeze")
        result.axes = squeezed(result.axes, integers(node, "axes", 1));
    else if (node.op == "Unsqueeze")
        for (std::int64_t place : integers(node, "axes", 1)) {
            place += place < 0 ? static_cast<std::int64_t>(result.axes.size()) + 1 : 0;
            if (place < 0 || place > static_cast<std::int64_t>(result.axes.size()))
                refuse(node, "its axes do not fit");
            result.axes.insert(static_cast<std::size_t>(place), 1, '1');
        }
    if (result.axes.empty())
        refuse_axes(node, value(node));
    set(node, result);
    return true;
}

} // namespace timeloom::importing
