// Layers that are no cells as ONNX's operators.
#include "timeloom/runtime/onnx/value.hpp"

#include <algorithm>

namespace timeloom::onnx {

namespace {

using plan::LayerKind;
using plan::MergeMode;

const Attributes to_real{{"to", std::int64_t{1}}};
const Attributes last_axis{{"axis", std::int64_t{-1}}};
const Attributes time_axis{{"axis", std::int64_t{1}}};

/// 1 where the condition does not hold.
std::string unless(Graph& graph, const std::string& condition) {
    return graph.add("Cast", {graph.add("Not", {condition})}, to_real);
}

std::string both(Graph& graph, const std::string& mask, const std::string& other) {
    return other.empty() ? mask : graph.add("Mul", {mask, other});
}

void embed(Graph& graph, const plan::Layer& layer, std::span<const float> parameters, Value& v) {
    const plan::PackedMatrix table{
        layer.vectors, layer.features, layer.units, 1, 0, plan::lane_block(layer.units)};
    std::vector<float> rows;
    const auto stride = static_cast<std::size_t>(plan::padded(layer.units));
    for (int row = 0; row < layer.features; ++row) { // a row's blocks lie side by side
        const float* const at = parameters.data() + layer.vectors + static_cast<std::size_t>(row) * stride;
        rows.insert(rows.end(), at, at + layer.units);
    }
    const std::string tokens = v.name;
    v.name = graph.add("Gather", {graph.constant(rows, {table.rows, table.units}), tokens});
    if (layer.makes_mask) {
        v.mask = both(graph, unless(graph, graph.add("Equal", {tokens, graph.scalar(0)})), v.mask);
    }
}

void normalize(Graph& graph, const plan::Layer& layer, std::span<const float> parameters, Value& v) {
    const auto width = static_cast<std::size_t>(layer.units);
    const auto beta =
        layer.vectors + (layer.normalized.scale ? static_cast<std::size_t>(plan::padded(layer.units)) : 0);
    const auto vector = [&](std::size_t at) {
        return graph.constant({parameters.begin() + static_cast<std::ptrdiff_t>(at),
                               parameters.begin() + static_cast<std::ptrdiff_t>(at + width)},
                              {layer.units});
    };
    Names inputs{v.name, layer.normalized.scale
                             ? vector(layer.vectors)
                             : graph.constant(std::vector<float>(width, 1.0f), {layer.units})};
    if (layer.normalized.center) {
        inputs.push_back(vector(beta));
    }
    v.name =
        graph.add("LayerNormalization", inputs,
                  {{"axis", std::int64_t{-1}}, {"epsilon", static_cast<float>(layer.normalized.epsilon)}});
}

void mask_steps(Graph& graph, const plan::Layer& layer, Value& v) {
    const std::string differs = unless(graph, graph.add("Equal", {v.name, graph.constant(layer.mask_value)}));
    const std::string any =
        graph.add("ReduceMax", {differs}, {{"axes", Numbers{2}}, {"keepdims", std::int64_t{0}}});
    v.mask = both(graph, any, v.mask);
    v.name = graph.add("Mul", {v.name, unsqueezed(graph, v.mask, 2)});
}

// ---- Joins ----

/// Where the input's steps count its values, else 1.
std::string factor(Graph& graph, const Value& v) {
    if (v.mask.empty()) {
        return v.name;
    }
    const std::string counts = graph.add("Greater", {unsqueezed(graph, v.mask, 2), graph.constant(0)});
    return graph.add("Where", {counts, v.name, graph.constant(1)});
}

std::string joined(Graph& graph, MergeMode merge, const std::vector<Value>& inputs) {
    Names names;
    for (const Value& v : inputs) {
        names.push_back(merge == MergeMode::mul ? factor(graph, v) : v.name);
    }
    switch (merge) {
    case MergeMode::concat:
        return graph.add("Concat", names, last_axis);
    case MergeMode::concat_time:
        return graph.add("Concat", names, time_axis);
    case MergeMode::sub:
        return graph.add("Sub", names);
    case MergeMode::sum:
        return graph.add("Sum", names);
    case MergeMode::ave:
        return graph.add("Mean", names);
    case MergeMode::mul:
        break;
    }
    std::string product = names[0];
    for (std::size_t i = 1; i < names.size(); ++i) {
        product = graph.add("Mul", {product, names[i]});
    }
    return product;
}

/// The mask of sequences that are concatenated along time. A sequence without a mask counts wholly, where
/// another one has a mask.
std::string mask_in_time(Graph& graph, const std::vector<Value>& inputs) {
    if (std::ranges::all_of(inputs, [](const Value& v) { return v.mask.empty(); })) {
        return "";
    }
    Names masks;
    for (const Value& v : inputs) {
        masks.push_back(v.mask.empty() ? filled(graph, v.name, {v.timesteps}, 1) : v.mask);
    }
    return graph.add("Concat", masks, time_axis);
}

Value join(Graph& graph, const plan::Layer& layer, const std::vector<Value>& inputs) {
    Value v{.name = joined(graph, layer.merge, inputs),
            .is_sequence = inputs[0].is_sequence,
            .timesteps = inputs[0].timesteps,
            .width = layer.units};
    if (layer.merge == MergeMode::concat_time) {
        v.timesteps = 0;
        for (const Value& input : inputs) {
            v.timesteps += input.timesteps;
        }
        v.mask = mask_in_time(graph, inputs);
        return v;
    }
    if (std::ranges::any_of(inputs, [](const Value& input) { return input.mask.empty(); })) {
        return v;
    }
    Names masks;
    for (const Value& input : inputs) {
        masks.push_back(input.mask);
    }
    v.mask = graph.add("Max", masks); // a step counts where it does in any of them
    if (layer.zeroes_masked || layer.merge == MergeMode::mul) {
        v.name = graph.add("Mul", {v.name, unsqueezed(graph, v.mask, 2)});
    }
    return v;
}

// ---- Pooling ----

/// Over all steps; the mean heeds the mask.
std::string pooled_over_all(Graph& graph, const plan::Pooling& pooled, const Value& v) {
    const Attributes over_time{{"axes", Numbers{1}}, {"keepdims", std::int64_t{0}}};
    if (pooled.maximum || v.mask.empty()) {
        return graph.add(pooled.maximum ? "ReduceMax" : "ReduceMean", {v.name}, over_time);
    }
    const auto sum = [&](const std::string& values) {
        return graph.add("ReduceSum", {values, graph.constant(Numbers{1})}, {{"keepdims", std::int64_t{0}}});
    };
    const std::string weights = unsqueezed(graph, v.mask, 2);
    const std::string steps = graph.add("Max", {sum(weights), graph.constant(1)});
    return graph.add("Div", {sum(graph.add("Mul", {v.name, weights})), steps});
}

/// Padding is shared out to both ends, the odd step to the last.
Numbers pads_of(const plan::Pooling& pooled, int timesteps) {
    const int reached = (pooled.windows(timesteps) - 1) * pooled.strides + pooled.size;
    const int all = pooled.same_padding ? std::max(0, reached - timesteps) : 0;
    return {all / 2, all - all / 2};
}

void pool(Graph& graph, const plan::Layer& layer, Value& v) {
    const plan::Pooling& pooled = layer.pooled;
    if (pooled.size == 0) {
        v.name = pooled_over_all(graph, pooled, v);
    } else {
        const Attributes turned{{"perm", Numbers{0, 2, 1}}};
        Attributes attributes{{"kernel_shape", Numbers{pooled.size}},
                              {"strides", Numbers{pooled.strides}},
                              {"pads", pads_of(pooled, v.timesteps)}};
        if (!pooled.maximum) {
            attributes["count_include_pad"] = std::int64_t{0};
        }
        const std::string channels = graph.add("Transpose", {v.name}, turned);
        const std::string windows =
            graph.add(pooled.maximum ? "MaxPool" : "AveragePool", {channels}, attributes);
        v.name = graph.add("Transpose", {windows}, turned);
    }
    v.timesteps = pooled.windows(v.timesteps);
    v.is_sequence = pooled.size > 0;
    v.mask = "";
}

void repeat(Graph& graph, const plan::Layer& layer, Value& v) {
    v.name =
        graph.add("Expand", {unsqueezed(graph, v.name, 1), graph.constant(Numbers{1, layer.timesteps, 1})});
    v.is_sequence = true;
    v.timesteps = layer.timesteps;
    v.mask = "";
}

} // namespace

Value add_layer(Graph& graph, const plan::Layer& layer, std::span<const float> parameters,
                const std::vector<Value>& inputs) {
    Value v = inputs[0];
    v.final_states = {};
    switch (layer.kind) {
    case LayerKind::embedding:
        embed(graph, layer, parameters, v);
        break;
    case LayerKind::softmax_rows:
        v.name = graph.add("Softmax", {v.name}, last_axis);
        break;
    case LayerKind::layer_normalization:
        normalize(graph, layer, parameters, v);
        break;
    case LayerKind::masking:
        mask_steps(graph, layer, v);
        break;
    case LayerKind::join:
        return join(graph, layer, inputs);
    case LayerKind::pooling:
        pool(graph, layer, v);
        break;
    case LayerKind::repeat:
        repeat(graph, layer, v);
        break;
    case LayerKind::flatten:
        v.name = graph.add("Flatten", {v.name}, time_axis);
        v.is_sequence = false;
        v.mask = "";
        break;
    case LayerKind::final_state:
        v.name = inputs[0].final_states[static_cast<std::size_t>(layer.state)];
        v.is_sequence = false;
        v.mask = "";
        break;
    case LayerKind::dropout:
    case LayerKind::cell: // add_cell()
        break;
    }
    v.width = layer.units;
    return v;
}

} // namespace timeloom::onnx
