#include "timeloom/runtime/parameter_layout.hpp"

#include "timeloom/runtime/error.hpp"

#include <map>

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

} // namespace

std::size_t Parameter::index(int row, int column) const {
    const int units = blocks.front().units;
    return blocks[static_cast<std::size_t>(column / units)].index(row, column % units);
}

ParameterLayout::ParameterLayout(const dsl::network& network) : layers_(network.layers.size()) {
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (network.layers[i].kind == dsl::layer_kind::embedding) {
            const std::size_t before = size_;
            add_embedding(network.layers[i], layers_[i]);
            layers_[i].count = size_ - before;
        }
    }
    dense_begin_ = size_;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (network.layers[i].kind == dsl::layer_kind::cell) {
            const std::size_t before = size_;
            add_cell(network.layers[i], layers_[i]);
            layers_[i].count = size_ - before;
        }
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
    table.initializer = Initializer::random_uniform;
    parameters_.push_back(std::move(table));
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

/// Gates stand side by side in the order in which the equations name them, as in Keras.
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
        p.initializer = reads_input ? Initializer::glorot_uniform : Initializer::orthogonal;
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

void ParameterLayout::unpack(const Parameter& parameter, std::span<const float> buffer,
                             std::span<float> values) {
    std::size_t i = 0;
    for (int row = 0; row < parameter.rows; ++row) {
        for (int column = 0; column < parameter.columns; ++column) {
            values[i++] = buffer[parameter.index(row, column)];
        }
    }
}

void ParameterLayout::pack(const Parameter& parameter, std::span<const float> values,
                           std::span<float> buffer) {
    std::size_t i = 0;
    for (int row = 0; row < parameter.rows; ++row) {
        for (int column = 0; column < parameter.columns; ++column) {
            buffer[parameter.index(row, column)] = values[i++];
        }
    }
}

void initialize_parameters(const ParameterLayout& layout, std::uint64_t seed, std::span<float> buffer) {
    std::uint64_t number = 0;
    for (const Parameter& p : layout.parameters()) {
        Random random(seed, random_stream(RandomPurpose::initialisation, number++));
        std::vector<float> values(p.size());
        if (p.is_vector) {
            const auto units = static_cast<std::size_t>(p.blocks.front().units);
            for (std::size_t i = 0; i < values.size(); ++i) {
                values[i] = p.initial[i / units];
            }
        } else {
            initialize(p.initializer, random, values, static_cast<std::size_t>(p.rows),
                       static_cast<std::size_t>(p.columns));
        }
        ParameterLayout::pack(p, values, buffer);
    }
}

} // namespace timeloom
