// Cells, and what picks steps and directions of their outputs.
#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/generators/import/onnx/onnx_cells.hpp"
#include "timeloom/generators/import/onnx/onnx_graph.hpp"

#include <algorithm>

namespace timeloom::importing {

namespace {

bool is_pointwise(Kind kind) {
    return kind == Kind::dense || kind == Kind::activation || kind == Kind::softmax ||
           kind == Kind::layer_normalization;
}

} // namespace

void OnnxReader::read_cell(const OnnxNode& node) {
    const OnnxValue in = value(node);
    const bool batch_first = node.integer("layout", 0) != 0;
    if (in.axes != (batch_first ? "BTF" : "TBF"))
        refuse_axes(node, in);
    if (node.inputs.size() > 4 && !node.inputs[4].empty()) {
        const OnnxTensor* lengths = constant(node.inputs[4]);
        const auto is_whole = [&](std::int64_t length) { return length == in.steps; };
        if (lengths == nullptr || !std::ranges::all_of(lengths->integers, is_whole))
            refuse(node, "its sequence_lens are others than all time steps, which cannot be imported; export "
                         "the model "
                         "without them");
    }
    Layer layer = onnx_cell(node, new_name(node), [&](const std::string& name) { return constant(name); });
    start_states(node, layer);
    const bool both = layer.kind == Kind::bidirectional;
    const auto is_used = [&](std::size_t output) {
        return output < node.outputs.size() && !node.outputs[output].empty() &&
               uses_[node.outputs[output]] > 0;
    };
    if (layer.go_backwards && is_used(0))
        refuse(node, "its direction is reverse and its sequence of outputs is read, which cannot be "
                     "imported; its last output can");
    OnnxValue out = in;
    out.features = (both ? layer.inner[0].units : layer.units) * (both ? 2 : 1);
    const std::string direction = both ? "D" : "1";
    layer.reads = {in.layer};
    out.layer = layer.name;
    out.axes = batch_first ? "BT" + direction + "F" : "T" + direction + "BF";
    layers_.push_back(layer);
    set(node, out);
    OnnxValue last = out;
    last.axes = batch_first ? "B" + direction + "F" : direction + "BF";
    last.steps = 1;
    if (is_used(1))
        set(node, state(layer, "h", last), 1);
    if (is_used(2))
        set(node, state(layer, "c", last), 2);
}

/// A state after the last step, of both directions side by side.
OnnxValue OnnxReader::state(const Layer& layer, const std::string& name, const OnnxValue& like) {
    std::vector<std::string> names{name};
    if (layer.kind == Kind::bidirectional)
        names = {"forward_" + name, "backward_" + name};
    OnnxValue result = like;
    std::vector<std::string> states;
    for (const std::string& state : names) {
        Layer picked{.kind = Kind::return_state, .name = layer.name + "_" + state, .reads = {layer.name}};
        picked.state = state;
        states.push_back(picked.name);
        layers_.push_back(std::move(picked));
    }
    result.layer = states[0];
    if (states.size() == 2) {
        result.layer = layer.name + "_" + name;
        layers_.push_back({.kind = Kind::concatenate, .name = result.layer, .reads = states});
    }
    return result;
}

/// Initial states that other layers compute; constants are onnx_cell()'s matter.
void OnnxReader::start_states(const OnnxNode& node, Layer& layer) const {
    const std::size_t states = node.op == "LSTM" ? 2 : 1;
    std::vector<std::string> starts;
    std::size_t fixed = 0;
    for (std::size_t s = 0; s < states; ++s) {
        const std::size_t place = 5 + s;
        const bool is_given = place < node.inputs.size() && !node.inputs[place].empty();
        const auto found = is_given ? values_.find(node.inputs[place]) : values_.end();
        if (found == values_.end() || found->second.kind != OnnxValue::Kind::layer) {
            if (is_given && found == values_.end() && constant(node.inputs[place]) == nullptr)
                refuse(node, "its initial state is computed by nodes that cannot be imported");
            ++fixed;
            continue;
        }
        const std::string needed = node.integer("layout", 0) != 0 ? "B1F" : "1BF";
        if (layer.kind == Kind::bidirectional || found->second.axes != needed)
            refuse(node, "its initial state has axes " + found->second.axes + ", which cannot be imported");
        starts.push_back(found->second.layer);
    }
    if (!starts.empty() && (fixed > 0 || layer.is_own_cell()))
        refuse(node, "one of its initial states is computed and another is not, which cannot be imported");
    layer.starts = starts;
}

/// Reads a Gather node: it looks up an embedding, picks an extent of a shape, or picks one time step or one
/// direction of a recurrent layer's output.
void OnnxReader::read_gather(const OnnxNode& node) {
    if (node.inputs.size() != 2)
        refuse(node, "it needs two operands");
    if (const OnnxTensor* table = constant(node.inputs[0]); table != nullptr && !table->is_integers) {
        OnnxValue tokens = value(node, 1);
        if ((tokens.axes != "BT" && tokens.axes != "TB") || table->shape.size() != 2 ||
            node.integer("axis", 0) != 0)
            refuse(node,
                   "a table is read by (batch, time) token ids along its first axis, or cannot be imported");
        Layer layer{.kind = Kind::embedding, .name = new_name(node)};
        layer.features = static_cast<int>(table->shape[0]);
        layer.units = static_cast<int>(table->shape[1]);
        layer.weights["embeddings"] = table->tensor();
        tokens.axes += "F";
        tokens.features = layer.units;
        return set(node, add_layer(std::move(layer), {tokens}));
    }
    const OnnxValue in = value(node);
    const OnnxTensor* index = constant(node.inputs[1]);
    const auto axis = static_cast<std::size_t>(axis_of(node, in, node.integer("axis", 0)));
    if (index == nullptr || !index->is_integers || index->integers.size() != 1)
        refuse(node, "it must pick one constant index to be imported");
    const std::int64_t at = index->integers[0];
    OnnxValue out = in;
    if (in.axes[axis] == 'T' && (at == -1 || at == in.steps - 1))
        out = last_step(node, in);
    else if (in.axes[axis] == 'D' && in.axes.find('T') == std::string::npos && at >= -2 && at < 2)
        out.direction = static_cast<int>(at < 0 ? at + 2 : at);
    else if (in.axes[axis] != '1' || (at != 0 && at != -1))
        refuse_axes(node, in);
    if (index->shape.empty())
        out.axes.erase(axis, 1);
    else
        out.axes[axis] = '1';
    set(node, out);
}

/// The last step or one direction, as an extent of 1.
void OnnxReader::read_slice(const OnnxNode& node) {
    const OnnxValue in = value(node);
    const std::vector<std::int64_t> starts = integers(node, "starts", 1), ends = integers(node, "ends", 2);
    std::vector<std::int64_t> axes = integers(node, "axes", 3);
    const std::vector<std::int64_t> strides = integers(node, "steps", 4);
    if (starts.size() != 1 || ends.size() != 1 ||
        (!strides.empty() && strides != std::vector<std::int64_t>{1}))
        refuse(node, "it must pick one index of one axis to be imported");
    if (axes.empty())
        axes = {0};
    const auto axis = static_cast<std::size_t>(axis_of(node, in, axes[0]));
    OnnxValue out = in;
    const auto picks = [&](std::int64_t index, std::int64_t extent) {
        const std::int64_t first = starts[0] < 0 ? starts[0] + extent : starts[0];
        const std::int64_t end = std::min(ends[0] < 0 ? ends[0] + extent : ends[0], extent);
        return first == index && end == index + 1;
    };
    if (in.axes[axis] == 'T' && picks(in.steps - 1, in.steps)) {
        out = last_step(node, in);
        out.axes[axis] = '1';
    } else if (in.axes[axis] == 'D' && in.axes.find('T') == std::string::npos &&
               (picks(0, 2) || picks(1, 2))) {
        out.direction = picks(1, 2) ? 1 : 0;
        out.axes[axis] = '1';
    } else {
        refuse_axes(node, in);
    }
    set(node, out);
}

OnnxValue OnnxReader::last_step(const OnnxNode& node, const OnnxValue& v) {
    OnnxValue out = v;
    out.layer = last_step_of(node, v.layer);
    out.steps = 1;
    return out;
}

/// The layer whose output is the last step of this layer's: of a cell its state, of what computes each step
/// by itself a copy that reads the last step.
std::string OnnxReader::last_step_of(const OnnxNode& node, const std::string& name) {
    const Layer layer = find(name);
    if (layer.is_cell())
        return state(layer, "h", {}).layer;
    if (!is_pointwise(layer.kind))
        refuse(node, "the last step of " + label(layer) + " cannot be imported");
    Layer copy = layer;
    copy.reads = {last_step_of(node, layer.reads[0])};
    copy.name = layer.name + "_last";
    layers_.push_back(copy);
    return copy.name;
}

} // namespace timeloom::importing
