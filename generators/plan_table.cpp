#include "timeloom/generators/plan_table.hpp"

#include "timeloom/generators/argument_text.hpp"
#include "timeloom/generators/plan_text.hpp"
#include "timeloom/generators/text_table.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::generators {

namespace {

std::string as_text(std::string_view text) { return std::string(text); }

std::string shape(std::initializer_list<int> extents) {
    return "(None, " + listed(extents, [](int extent) { return std::to_string(extent); }) + ")";
}

std::string shape_of(const plan::Input& input) {
    if (!input.is_sequence) {
        return shape({input.features});
    }
    return input.features == 0 ? shape({input.timesteps}) : shape({input.timesteps, input.features});
}

std::string inputs(const plan::Model& model) {
    std::vector<table_row> rows{{"node", "input", "shape", "holds"}};
    for (std::size_t i = 0; i < model.inputs.size(); ++i) {
        const plan::Input& input = model.inputs[i];
        rows.push_back({std::to_string(i), as_text(input.name), shape_of(input),
                        std::string(input.features == 0 ? "token ids" : "values") +
                            (input.is_ragged ? ", as many steps as each sample has" : "")});
    }
    return text_table(rows);
}

std::string start_of(const plan::Parameter& p) {
    const bool has_own = std::ranges::any_of(p.initial, [](float x) { return x != 0; });
    const std::string values = listed(
        p.initial, [](float x) { return x == 0 ? std::string("·") : text_of(static_cast<double>(x)); });
    return as_text(name_of(p.start.kind)) + (has_own ? " but " + values : "");
}

std::string rules_of(const plan::Parameter& p) {
    std::string rules;
    const auto add = [&](const char* name, double value) {
        rules += value == 0 ? "" : (rules.empty() ? "" : ", ") + (name + text_of(value));
    };
    add("l1 ", p.penalty.l1);
    add("l2 ", p.penalty.l2);
    add("max_norm ", p.max_norm);
    return rules;
}

std::string parameters(const plan::Model& model) {
    std::vector<table_row> rows{{"parameter", "shape", "at", "starts as", "gates", "rules"}};
    for (const plan::Parameter& p : model.parameters) {
        const std::string columns = std::to_string(p.columns);
        rows.push_back(
            {as_text(p.name),
             p.is_vector ? "(" + columns + ")" : "(" + std::to_string(p.rows) + ", " + columns + ")",
             std::to_string(p.blocks.front().offset), start_of(p), listed(p.gates, as_text), rules_of(p)});
    }
    return text_table(rows) + "  " + std::to_string(model.parameters_size) +
           " floats in all, those of embedding tables before " + std::to_string(model.dense_begin) + "; " +
           std::to_string(model.transposed_size) + " more for matrices transposed for the backward pass\n";
}

std::string reads_of(const plan::Layer& layer) {
    std::string text = listed(layer.reads, [](const plan::ValueSource& s) {
        return std::to_string(s.node) + (s.reversed ? " from its end" : "");
    });
    if (!layer.initial_states.empty()) {
        text += "; states from " + listed(layer.initial_states, [](const plan::StateSource& s) {
                    return std::to_string(s.node) + (s.state < 0 ? "" : "." + std::to_string(s.state));
                });
    }
    return text;
}

/// What is particular about the layer.
std::string marks_of(const plan::Layer& l) {
    std::vector<std::string> marks;
    const auto mark = [&](bool holds, const std::string& text) {
        if (holds) {
            marks.push_back(text);
        }
    };
    mark(l.go_backwards, "reads the last step first");
    mark(l.stateful, "stateful");
    mark(l.makes_mask, "masks token 0");
    mark(l.cell.has_step_mask, "steps may be masked");
    mark(l.cell.may_look_up_input, "may look its input up");
    mark(l.truncate > 0, "gradients through windows of " + std::to_string(l.truncate));
    mark(l.unroll > 1, "unrolled by " + std::to_string(l.unroll));
    mark(l.rate > 0, "dropout " + text_of(l.rate));
    mark(l.recurrent_rate > 0, "recurrent dropout " + text_of(l.recurrent_rate));
    mark(l.kind == plan::LayerKind::join, as_text(name_of(l.merge)));
    return listed(marks, [](const std::string& m) { return m; });
}

std::string layers(const plan::Model& model) {
    std::vector<table_row> rows{
        {"node", "layer", "type", "reads", "hands on", "keeps of a step", "particulars"}};
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const plan::Layer& l = model.layers[i];
        const int node = model.node_of_layer(i);
        std::string kept = listed(l.cell.states, [](const plan::State& s) { return as_text(s.name); });
        if (l.kind == plan::LayerKind::cell) {
            kept += std::string(kept.empty() ? "" : "; ") + "training: " + std::to_string(l.cell.saved) +
                    " saved, " + std::to_string(l.cell.gates) + " gates";
        }
        rows.push_back({std::to_string(node), as_text(l.name), as_text(l.type), reads_of(l),
                        model.is_sequence(node) ? shape({l.output_timesteps(), l.units}) : shape({l.units}),
                        kept, marks_of(l)});
    }
    return text_table(rows);
}

std::string rows_of(const plan::Kernel& k) {
    if (k.kind == plan::KernelKind::stream) {
        return "1";
    }
    const bool any =
        k.kind == plan::KernelKind::weight_gradient || k.kind == plan::KernelKind::vector_gradient;
    return any ? "any" : std::to_string(k.variant);
}

const plan::Layer& layer_of(const plan::Model& model, const plan::Kernel& k) {
    return model.layers[static_cast<std::size_t>(k.layer)];
}

/// The first kernel with the same code.
const plan::Kernel& owner_of(const plan::Model& model, const plan::Kernel& k) {
    return *std::ranges::find(model.kernels, k.name, &plan::Kernel::name);
}

/// A line for each layer that calls kernels of layers before it.
std::string shared_kernels(const plan::Model& model) {
    std::string text;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const plan::Layer& l = model.layers[i];
        if (l.kind == plan::LayerKind::cell && l.kernels_of != static_cast<int>(i)) {
            text += "  " + as_text(l.name) + " calls those of " +
                    as_text(model.layers[static_cast<std::size_t>(l.kernels_of)].name) + "\n";
            continue;
        }
        std::vector<std::string> own, owners;
        for (const plan::Kernel& k : model.kernels) {
            const plan::Kernel& owner = owner_of(model, k);
            std::vector<std::string>& names = owner.layer == k.layer ? own : owners;
            const std::string name =
                as_text(owner.layer == k.layer ? name_of(k.kind) : layer_of(model, owner).name);
            if (k.layer == static_cast<int>(i) && std::ranges::find(names, name) == names.end()) {
                names.push_back(name);
            }
        }
        if (!owners.empty()) {
            text += "  " + as_text(l.name) + " calls those of " + listed(owners, as_text) +
                    (own.empty() ? "" : " but for its own " + listed(own, as_text)) + "\n";
        }
    }
    return text;
}

/// Kernels that differ only in how many rows they compute together are one line.
std::string kernels(const plan::Model& model) {
    std::vector<table_row> rows{{"kernels of", "kernel", "rows", "arguments"}};
    for (const plan::Kernel& k : model.kernels) {
        if (owner_of(model, k).layer != k.layer) {
            continue;
        }
        const bool is_gradient = k.kind == plan::KernelKind::weight_gradient;
        const std::string layer(k.layer < 0 ? "all" : layer_of(model, k).name);
        const std::string kind =
            as_text(name_of(k.kind)) + (is_gradient ? " " + std::to_string(k.variant) : "");
        const std::string arguments = argument_text(k.signature);
        if (rows.back()[0] == layer && rows.back()[1] == kind && rows.back()[3] == arguments) {
            rows.back()[2] += ", " + rows_of(k);
        } else {
            rows.push_back({layer, kind, rows_of(k), arguments});
        }
    }
    return text_table(rows) + shared_kernels(model);
}

} // namespace

std::string plan_table(const plan::Model& model) {
    const plan::Tuning& t = model.tuning;
    return "The plan of " + as_text(model.name) + "\n\n" + inputs(model) + "\n" + parameters(model) + "\n" +
           layers(model) + "\n" + kernels(model) + "\n  tiles of " + std::to_string(t.row_tile) + " rows, " +
           std::to_string(t.steps_ahead) + " steps ahead, " + std::to_string(t.cache) + " floats of cache (" +
           std::to_string(t.training_cache) + " in training), products looked up where at most " +
           std::to_string(t.distinct_percent) + " % of the tokens differ\n";
}

} // namespace timeloom::generators
