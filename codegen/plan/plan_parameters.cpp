#include "timeloom/codegen/plan/plan_parameters.hpp"

#include "timeloom/dsl/cells/products.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace timeloom::codegen {

namespace {

using declaration::vector_parameter;
using plan::lane_block;
using plan::padded;

/// A parameter to which columns are still being added.
struct growing_parameter {
    std::string name;
    bool is_vector = false;
    int rows = 1;
    int columns = 0;
    std::vector<plan::PackedMatrix> blocks{};
    std::vector<std::string_view> gates{};
    std::vector<float> initial{};
    declaration::parameter_rules rules{};
};

declaration::parameter_rules with_start(declaration::parameter_rules rules,
                                        const plan::Initializer& otherwise) {
    rules.start = rules.start.value_or(otherwise);
    return rules;
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

class parameter_planner {
  public:
    explicit parameter_planner(plan_storage& storage) : storage_(storage) {}

    parameter_plan run(const declaration::network& network) {
        plan_.layers.resize(network.layers.size());
        add_all(network, true);
        plan_.dense_begin = plan_.size;
        add_all(network, false);
        return std::move(plan_);
    }

  private:
    void add_all(const declaration::network& network, bool embeddings) {
        for (std::size_t i = 0; i < network.layers.size(); ++i) {
            const declaration::layer& layer = network.layers[i];
            if ((layer.kind == plan::LayerKind::embedding) != embeddings) {
                continue;
            }
            if (layer.shares > 0) {
                plan_.layers[i] = plan_.layers[i - static_cast<std::size_t>(layer.shares)];
                continue;
            }
            growing_.clear();
            add(layer, plan_.layers[i]);
            plan_.layers[i].has_parameters = !growing_.empty();
            for (growing_parameter& p : growing_) {
                finish(std::move(p), static_cast<int>(i));
            }
        }
    }

    void add(const declaration::layer& layer, layer_offsets& offsets) {
        switch (layer.kind) {
        case plan::LayerKind::embedding:
            return add_embedding(layer, offsets);
        case plan::LayerKind::cell:
            return add_cell(layer, offsets);
        case plan::LayerKind::layer_normalization:
            return add_normalization(layer, offsets);
        default:
            return;
        }
    }

    void finish(growing_parameter p, int layer) {
        plan_.parameters.push_back({.name = storage_.keep(std::move(p.name)),
                                    .layer = layer,
                                    .rows = p.rows,
                                    .columns = p.columns,
                                    .is_vector = p.is_vector,
                                    .blocks = storage_.keep(std::move(p.blocks)),
                                    .gates = storage_.keep(std::move(p.gates)),
                                    .start = *p.rules.start,
                                    .initial = storage_.keep(std::move(p.initial)),
                                    .penalty = p.rules.penalty,
                                    .max_norm = p.rules.max_norm});
    }

    /// Every piece starts on a cache line.
    std::size_t allocate(std::size_t floats) {
        const std::size_t offset = plan_.size;
        plan_.size += (floats + 15) / 16 * 16;
        return offset;
    }

    /// Rows lie one after the other, so that a lookup reads one of them.
    void add_embedding(const declaration::layer& layer, layer_offsets& offsets) {
        const int width = padded(layer.units);
        offsets.vectors =
            allocate(static_cast<std::size_t>(layer.features) * static_cast<std::size_t>(width));
        growing_.push_back({.name = layer.name + "/embeddings",
                            .rows = layer.features,
                            .columns = layer.units,
                            .blocks = {{offsets.vectors, layer.features, layer.units, 1, 0, width}},
                            .rules = with_start(layer.rules.kernel, declaration::random_uniform)});
    }

    /// gamma, then beta; of what the layer lacks there is no memory.
    void add_normalization(const declaration::layer& layer, layer_offsets& offsets) {
        const auto width = static_cast<std::size_t>(padded(layer.units));
        const auto add = [&](const char* name, std::size_t offset,
                             const declaration::parameter_rules& rules) {
            growing_.push_back({.name = layer.name + "/" + name,
                                .is_vector = true,
                                .columns = layer.units,
                                .blocks = {{offset, 1, layer.units, 1, 0, lane_block(layer.units)}},
                                .initial = {0},
                                .rules = rules});
        };
        const plan::Normalization& n = layer.normalized;
        offsets.vectors = allocate((n.scale ? width : 0) + (n.center ? width : 0));
        if (n.scale) {
            add("gamma", offsets.vectors, with_start(layer.rules.kernel, declaration::ones));
        }
        if (n.center) {
            add("beta", offsets.vectors + (n.scale ? width : 0),
                with_start(layer.rules.bias, declaration::zeros));
        }
    }

    void add_cell(const declaration::layer& layer, layer_offsets& offsets) {
        const auto width = static_cast<std::size_t>(padded(layer.units));
        for (const declaration::product_group& group : declaration::product_groups(layer.cell.step)) {
            const int rows = group.reads_input ? layer.features : layer.units;
            offsets.products.push_back(allocate(static_cast<std::size_t>(rows) *
                                                static_cast<std::size_t>(group.matrices.size()) * width));
        }
        offsets.vectors = allocate(static_cast<std::size_t>(layer.cell.step.vectors.size()) * width);
        name_matrices(layer, offsets);
        name_vectors(layer, offsets);
    }

    /// The parameter called `name` among those from number `first` on; it is created when it is not there
    /// yet.
    growing_parameter& named(std::size_t first, const std::string& name) {
        const auto found = std::find_if(growing_.begin() + static_cast<std::ptrdiff_t>(first), growing_.end(),
                                        [&](const growing_parameter& p) { return p.name == name; });
        return found != growing_.end() ? *found : growing_.emplace_back(growing_parameter{.name = name});
    }

    /// Gates stand side by side in the order of the cell: Keras's, or that which its equations tell.
    void name_matrices(const declaration::layer& layer, const layer_offsets& offsets) {
        const declaration::graph& g = layer.cell.step;
        const auto groups = declaration::product_groups(g);
        std::map<std::pair<bool, std::string>, int> seen;
        for (int m = 0; m < g.matrices.size(); ++m) {
            const bool reads_input = g.nodes[g.matrices[m].operand].kind == declaration::node_kind::input;
            const int ordinal = seen[{reads_input, std::string(g.matrices[m].gate.view())}]++;
            growing_parameter& p =
                named(0, layer.name + "/" + numbered(reads_input ? "kernel" : "recurrent_kernel", ordinal));
            p.rows = reads_input ? layer.features : layer.units;
            p.columns += layer.units;
            p.gates.push_back(storage_.keep(std::string(g.matrices[m].gate.view())));
            p.rules = reads_input ? with_start(layer.rules.kernel, declaration::glorot_uniform)
                                  : with_start(layer.rules.recurrent, declaration::orthogonal);
            for (int i = 0; i < groups.size(); ++i) {
                if (const int gate = groups[i].matrices.find(m); gate >= 0) {
                    p.blocks.push_back({offsets.products[static_cast<std::size_t>(i)], p.rows, layer.units,
                                        groups[i].matrices.size(), gate, lane_block(layer.units)});
                }
            }
        }
    }

    void name_vectors(const declaration::layer& layer, const layer_offsets& offsets) {
        const declaration::graph& g = layer.cell.step;
        const std::size_t first = growing_.size();
        std::map<std::string, int> seen;
        for (int v = 0; v < g.vectors.size(); ++v) {
            const std::string role = vector_role(g.vectors[v]);
            const std::string gate(g.vectors[v].gate.view());
            growing_parameter& p = named(first, layer.name + "/" + numbered(role, seen[role + "/" + gate]++));
            const bool is_bias = g.vectors[v].kind != vector_parameter::role::weights;
            p.columns += layer.units;
            p.is_vector = true;
            if (is_bias) {
                p.gates.push_back(storage_.keep(gate));
            }
            p.rules =
                with_start(is_bias ? layer.rules.bias : declaration::parameter_rules{}, declaration::zeros);
            p.initial.push_back(static_cast<float>(g.vectors[v].initial));
            const std::size_t offset =
                offsets.vectors + static_cast<std::size_t>(v) * static_cast<std::size_t>(padded(layer.units));
            p.blocks.push_back({offset, 1, layer.units, 1, 0, lane_block(layer.units)});
        }
    }

    plan_storage& storage_;
    parameter_plan plan_;
    std::vector<growing_parameter> growing_; ///< of the present layer
};

} // namespace

parameter_plan plan_parameters(const declaration::network& network, plan_storage& storage) {
    return parameter_planner(storage).run(network);
}

} // namespace timeloom::codegen
