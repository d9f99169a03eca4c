#include "timeloom/runtime/parameter_layout.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace timeloom {

namespace {

using dsl::vector_parameter;

/// Appends a column block to the parameter called `name`, which is created when it is not there yet.
Parameter& parameter_named(std::vector<Parameter>& parameters, std::size_t first, const std::string& name) {
    for (std::size_t i = first; i < parameters.size(); ++i) {
        if (parameters[i].name == name) {
            return parameters[i];
        }
    }
    parameters.emplace_back().name = name;
    return parameters.back();
}

/// "kernel" for the first matrix of a gate in this role, "kernel_2" for the second, …
std::string numbered(const std::string& base, int ordinal) {
    return ordinal == 0 ? base : base + "_" + std::to_string(ordinal + 1);
}

std::string vector_role(const vector_parameter& v) {
    switch (v.kind) {
    case vector_parameter::role::bias:
        return "bias";
    case vector_parameter::role::recurrent_bias:
        return "recurrent_bias";
    default:
        return std::string(v.gate.view());
    }
}

dsl::parameter_rules with_start(dsl::parameter_rules rules, const dsl::initializer& otherwise) {
    rules.start = rules.start.value_or(otherwise);
    return rules;
}

} // namespace

std::size_t Parameter::index(int row, int column) const {
    const int units = blocks.front().units;
    return blocks[static_cast<std::size_t>(column / units)].index(row, column % units);
}

ParameterLayout::ParameterLayout(const dsl::network& network) : layers_(network.layers.size()) {
    std::vector<std::size_t> layer_of_parameter;
    const auto add_all = [&](bool embeddings) {
        for (std::size_t i = 0; i < network.layers.size(); ++i) {
            const dsl::layer& layer = network.layers[i];
            if ((layer.kind == dsl::layer_kind::embedding) != embeddings) {
                continue;
            }
            if (layer.shares > 0) {
                layers_[i] = layers_[i - static_cast<std::size_t>(layer.shares)];
                continue;
            }
            const std::size_t before = parameters_.size();
            add(layer, layers_[i]);
            layers_[i].has_parameters = parameters_.size() > before;
            layer_of_parameter.resize(parameters_.size(), i);
        }
    };
    add_all(true);
    dense_begin_ = size_;
    add_all(false);
    as_declared_.resize(parameters_.size());
    std::iota(as_declared_.begin(), as_declared_.end(), std::size_t{0});
    std::ranges::stable_sort(as_declared_, {}, [&](std::size_t p) { return layer_of_parameter[p]; });
}

void ParameterLayout::add(const dsl::layer& layer, LayerOffsets& offsets) {
    switch (layer.kind) {
    case dsl::layer_kind::embedding:
        return add_embedding(layer, offsets);
    case dsl::layer_kind::cell:
        return add_cell(layer, offsets);
    case dsl::layer_kind::layer_normalization:
        return add_normalization(layer, offsets);
    default:
        return;
    }
}

/// Every piece starts on a cache line.
std::size_t ParameterLayout::allocate(std::size_t floats) {
    const std::size_t offset = size_;
    size_ += (floats + 15) / 16 * 16;
    return offset;
}

/// Rows lie one after the other, so that a lookup reads one of them.
void ParameterLayout::add_embedding(const dsl::layer& layer, LayerOffsets& offsets) {
    const int width = dsl::padded(layer.units);
    offsets.vectors = allocate(static_cast<std::size_t>(layer.features) * static_cast<std::size_t>(width));
    Parameter table;
    table.name = layer.name + "/embeddings";
    table.rows = layer.features;
    table.columns = layer.units;
    table.blocks.push_back({offsets.vectors, layer.features, layer.units, 1, 0, width});
    table.rules = with_start(layer.rules.kernel, dsl::random_uniform);
    parameters_.push_back(std::move(table));
}

/// gamma, then beta; of what the layer lacks there is no memory.
void ParameterLayout::add_normalization(const dsl::layer& layer, LayerOffsets& offsets) {
    const auto width = static_cast<std::size_t>(dsl::padded(layer.units));
    const auto add = [&](const std::string& name, std::size_t offset, dsl::parameter_rules rules) {
        Parameter p;
        p.name = layer.name + "/" + name;
        p.columns = layer.units;
        p.is_vector = true;
        p.blocks.push_back({offset, 1, layer.units, 1, 0, dsl::lane_block(layer.units)});
        p.rules = rules;
        p.initial.push_back(0);
        parameters_.push_back(std::move(p));
    };
    const dsl::normalization& n = layer.normalized;
    offsets.vectors = allocate((n.scale ? width : 0) + (n.center ? width : 0));
    if (n.scale) {
        add("gamma", offsets.vectors, with_start(layer.rules.kernel, dsl::ones));
    }
    if (n.center) {
        add("beta", offsets.vectors + (n.scale ? width : 0), with_start(layer.rules.bias, dsl::zeros));
    }
}

void ParameterLayout::add_cell(const dsl::layer& layer, LayerOffsets& offsets) {
    const auto width = static_cast<std::size_t>(dsl::padded(layer.units));
    for (const dsl::product_group& group : dsl::product_groups(layer.cell.step)) {
        const int rows = group.reads_input ? layer.features : layer.units;
        offsets.groups.push_back(allocate(static_cast<std::size_t>(rows) *
                                          static_cast<std::size_t>(group.matrices.size()) * width));
    }
    offsets.vectors = allocate(static_cast<std::size_t>(layer.cell.step.vectors.size()) * width);
    name_matrices(layer, offsets);
    name_vectors(layer, offsets);
}

/// Gates stand side by side in the order of the cell: Keras's, or that which its equations tell.
void ParameterLayout::name_matrices(const dsl::layer& layer, const LayerOffsets& offsets) {
    const dsl::graph& g = layer.cell.step;
    const auto groups = dsl::product_groups(g);
    const std::size_t first = parameters_.size();
    std::map<std::pair<bool, std::string>, int> seen;
    for (int m = 0; m < g.matrices.size(); ++m) {
        const bool reads_input = g.nodes[g.matrices[m].operand].kind == dsl::node_kind::input;
        const int ordinal = seen[{reads_input, std::string(g.matrices[m].gate.view())}]++;
        Parameter& p = parameter_named(parameters_, first,
                                       layer.name + "/" +
                                           numbered(reads_input ? "kernel" : "recurrent_kernel", ordinal));
        p.rows = reads_input ? layer.features : layer.units;
        p.columns += layer.units;
        p.gates.emplace_back(g.matrices[m].gate.view());
        p.rules = reads_input ? with_start(layer.rules.kernel, dsl::glorot_uniform)
                              : with_start(layer.rules.recurrent, dsl::orthogonal);
        for (int i = 0; i < groups.size(); ++i) {
            if (const int gate = groups[i].matrices.find(m); gate >= 0) {
                p.blocks.push_back({offsets.groups[static_cast<std::size_t>(i)], p.rows, layer.units,
                                    groups[i].matrices.size(), gate, dsl::lane_block(layer.units)});
            }
        }
    }
}

void ParameterLayout::name_vectors(const dsl::layer& layer, const LayerOffsets& offsets) {
    const std::size_t first = parameters_.size();
    const dsl::graph& g = layer.cell.step;
    std::map<std::string, int> seen;
    for (int v = 0; v < g.vectors.size(); ++v) {
        const std::string role = vector_role(g.vectors[v]);
        const int ordinal = seen[role + "/" + std::string(g.vectors[v].gate.view())]++;
        Parameter& p = parameter_named(parameters_, first, layer.name + "/" + numbered(role, ordinal));
        p.columns += layer.units;
        p.is_vector = true;
        const bool is_bias = g.vectors[v].kind != vector_parameter::role::weights;
        if (is_bias) {
            p.gates.emplace_back(g.vectors[v].gate.view());
        }
        p.rules = with_start(is_bias ? layer.rules.bias : dsl::parameter_rules{}, dsl::zeros);
        p.initial.push_back(static_cast<float>(g.vectors[v].initial));
        const std::size_t offset = offsets.vectors + static_cast<std::size_t>(v) *
                                                         static_cast<std::size_t>(dsl::padded(layer.units));
        p.blocks.push_back({offset, 1, layer.units, 1, 0, dsl::lane_block(layer.units)});
    }
}

const Parameter& ParameterLayout::find(const std::string& name) const {
    std::string names;
    for (const Parameter& p : parameters_) {
        if (p.name == name) {
            return p;
        }
        names += (names.empty() ? "" : ", ") + p.name;
    }
    throw Error("the model has no parameter \"" + name + "\"; it has " + names);
}

const Parameter* ParameterLayout::other_bias(const Parameter& parameter) const {
    const std::size_t slash = parameter.name.rfind('/');
    const std::string role = parameter.name.substr(slash + 1);
    const std::string other = role == "bias" ? "recurrent_bias" : role == "recurrent_bias" ? "bias" : "";
    for (const Parameter& p : parameters_) {
        if (!other.empty() && p.name == parameter.name.substr(0, slash + 1) + other &&
            p.columns == parameter.columns) {
            return &p;
        }
    }
    return nullptr;
}

namespace {

/// Calls f(position in the model's buffer, position in the parameter, count) for all values that lie side by
/// side in both.
template <class F>
void for_each_run(const Parameter& parameter, F&& f) {
    std::size_t at = 0;
    for (int row = 0; row < parameter.rows; ++row) {
        for (const dsl::packed_matrix& block : parameter.blocks) {
            for (int unit = 0; unit < block.units; unit += block.lanes) {
                const int count = std::min(block.lanes, block.units - unit);
                f(block.index(row, unit), at, count);
                at += static_cast<std::size_t>(count);
            }
        }
    }
}

} // namespace

void ParameterLayout::unpack(const Parameter& parameter, std::span<const float> buffer,
                             std::span<float> values) {
    for_each_run(parameter, [&](std::size_t in_buffer, std::size_t at, int count) {
        std::copy_n(buffer.data() + in_buffer, count, values.data() + at);
    });
}

void ParameterLayout::pack(const Parameter& parameter, std::span<const float> values,
                           std::span<float> buffer) {
    for_each_run(parameter, [&](std::size_t in_buffer, std::size_t at, int count) {
        std::copy_n(values.data() + at, count, buffer.data() + in_buffer);
    });
}

} // namespace timeloom
