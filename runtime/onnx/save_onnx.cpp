#include "timeloom/runtime/onnx/save_onnx.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/onnx/value.hpp"

#include <numeric>

namespace timeloom {

namespace onnx {

namespace {

constexpr int ir_version = 8; ///< of the format, and the first that has the operators below
constexpr int operator_set = 17;

/// Adds the nodes of a plan one after the other.
class PlanGraph {
  public:
    PlanGraph(const plan::Model& plan, std::span<const float> parameters)
        : plan_(plan), parameters_(parameters) {}

    Wire message() {
        for (const plan::Input& input : plan_.inputs) {
            values_.push_back(add_input(input));
        }
        for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
            graph_.begin_layer(plan_.layers[i].name);
            values_.push_back(add_layer(i));
        }
        const Value& last = values_.back();
        graph_.begin_layer("output");
        const std::string output = graph_.add("Identity", {last.name});
        graph_.add_output(output, last.is_sequence ? Numbers{-1, last.timesteps, last.width}
                                                   : Numbers{-1, last.width});
        return graph_.message(std::string(plan_.name));
    }

  private:
    /// Adds an input of the model. A ragged input gets a second one, <name>_lengths, of shape (batch).
    Value add_input(const plan::Input& input) {
        const std::string name(input.name);
        graph_.begin_layer(input.name);
        Numbers shape{-1};
        if (input.is_sequence) {
            shape.push_back(input.timesteps);
        }
        if (input.features > 0) {
            shape.push_back(input.features);
        }
        graph_.add_input(name, input.features > 0 ? Element::real : Element::whole, shape);
        Value v{.name = name,
                .is_sequence = input.is_sequence,
                .timesteps = input.timesteps,
                .width = input.features};
        if (input.is_ragged) {
            graph_.add_input(name + "_lengths", Element::whole, {-1});
            Numbers steps(static_cast<std::size_t>(input.timesteps));
            std::iota(steps.begin(), steps.end(), 0);
            const std::string counts =
                graph_.add("Less", {graph_.constant(steps), unsqueezed(graph_, name + "_lengths", 1)});
            v.mask = graph_.add("Cast", {counts}, {{"to", std::int64_t{1}}});
        }
        return v;
    }

    const Value& value(int node) const { return values_[static_cast<std::size_t>(node)]; }

    Value add_layer(std::size_t number) {
        const plan::Layer& layer = plan_.layers[number];
        std::vector<Value> inputs;
        for (const plan::ValueSource& source : layer.reads) {
            inputs.push_back(source.reversed ? reversed(graph_, value(source.node)) : value(source.node));
        }
        if (layer.kind != plan::LayerKind::cell) {
            return onnx::add_layer(graph_, layer, parameters_, inputs);
        }
        Names initial;
        for (const plan::StateSource& source : layer.initial_states) {
            const Value& from = value(source.node);
            initial.push_back(source.state < 0 ? from.name
                                               : from.final_states[static_cast<std::size_t>(source.state)]);
        }
        const Value input = layer.go_backwards ? reversed(graph_, inputs[0]) : inputs[0];
        return add_cell(graph_, layer, plan_.equations[number], parameters_, input, initial);
    }

    const plan::Model& plan_;
    std::span<const float> parameters_;
    Graph graph_;
    std::vector<Value> values_; ///< by node
};

} // namespace

} // namespace onnx

std::string onnx_bytes(const plan::Model& plan, std::span<const float> parameters) {
    enum model { version = 1, producer = 2, graph = 7, operators = 8, set_version = 2 };
    onnx::Wire set, file;
    set.number(set_version, onnx::operator_set);
    file.number(version, onnx::ir_version);
    file.text(producer, "timeloom");
    file.message(graph, onnx::PlanGraph(plan, parameters).message());
    file.message(operators, set);
    return file.bytes();
}

void Model::save_onnx(const std::string& path) const {
    inside("Model::save_onnx", [&](const Impl& impl) {
        if (impl.rank() != 0) {
            return;
        }
        try {
            if (impl.has_call()) {
                throw Error(
                    "save_onnx: the model runs a call of the user's own, which is no data; set_call({}) "
                    "goes back to the declared layers");
            }
            const std::string bytes = onnx_bytes(impl.plan(), impl.parameters());
            constexpr std::size_t most_bytes = 0x7fffffff; // of a protocol buffer
            if (bytes.size() > most_bytes) {
                throw Error("save_onnx: the file would have " + std::to_string(bytes.size()) +
                            " bytes, but ONNX files have at most " + std::to_string(most_bytes));
            }
            write_file_atomically(path, bytes);
        } catch (...) {
            detail::rethrow_as_error(path);
        }
    });
}

} // namespace timeloom
