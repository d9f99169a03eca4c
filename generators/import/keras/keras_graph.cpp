#include "timeloom/generators/import/keras/keras_graph.hpp"

#include "timeloom/generators/import/description/normalized.hpp"
#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/generators/import/keras/keras_references.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <set>

namespace timeloom::importing {

namespace {

class GraphReader {
  public:
    GraphReader(const Json& json, bool keras_3, const ImportOptions& options)
        : config_(member(json, "config", "the model")),
          class_name_(text_member(json, "class_name", "the model")), keras_3_(keras_3), options_(options) {}

    KerasModel run() {
        if (class_name_ == "Sequential")
            read_stack();
        else if (class_name_ == "Functional" || class_name_ == "Model")
            read_graph();
        else
            throw Error(
                "the model is of class " + class_name_ +
                ", whose layers are not in the file; only Sequential and Functional models can be imported");
        if (model_.layers.empty())
            throw Error("the model has no layers");
        find_token_inputs();
        return std::move(model_);
    }

  private:
    /// Before Keras 2.2.3 a Sequential's configuration was the list of its layers.
    const Json& layers() const {
        return array(config_.is_array() ? config_ : member(config_, "layers", "the model"),
                     "the model's 'layers'");
    }

    void read_stack() {
        std::string before;
        for (const Json& json : layers()) {
            if (before.empty() && class_of(json) != "InputLayer")
                before = add_input_of(json);
            KerasLayer layer = read(json);
            if (!before.empty())
                layer.layer.reads = {before};
            before = layer.layer.name;
            model_.layers.push_back(std::move(layer));
        }
        model_.output = before;
    }

    /// A Sequential without an input layer: its first layer, or the model, tells the shape of what it reads.
    std::string add_input_of(const Json& first) {
        const Json& config = member(first, "config", "a layer");
        const Json* shape = nullptr;
        for (const char* option : {"batch_input_shape", "batch_shape"})
            if (shape == nullptr && has_member(config, option))
                shape = &config.at(option);
        if (shape == nullptr && has_member(config_, "build_input_shape"))
            shape = &config_.at("build_input_shape");
        if (shape == nullptr)
            throw Error("the model does not tell the shape of its input; build it before it is saved");
        model_.layers.push_back(input("input", *shape));
        return "input";
    }

    void read_graph() {
        for (const Json& json : layers()) {
            KerasLayer layer = read(json);
            if (layer.layer.kind != Kind::input)
                connect(layer, json);
            model_.layers.push_back(std::move(layer));
        }
        const Json& outputs =
            array(member(config_, "output_layers", "the model"), "the model's 'output_layers'");
        const bool is_one = !outputs.empty() && outputs[0].is_string();
        if (!is_one && outputs.size() != 1)
            throw Error("the model has " + std::to_string(outputs.size()) +
                        " outputs, but only models of one output can be imported; save keras.Model(inputs, "
                        "one_output)");
        model_.output = value_of(keras_reference(is_one ? outputs : outputs[0], "the model's output"));
    }

    static std::string class_of(const Json& json) { return text_member(json, "class_name", "a layer"); }

    KerasLayer read(const Json& json) {
        const std::string name = class_of(json);
        if (name == "InputLayer") {
            const Json& config = member(json, "config", "an input");
            const char* option = has_member(config, "batch_shape") ? "batch_shape" : "batch_input_shape";
            KerasLayer layer =
                input(text_or(config, "name", "input", "an input"), member(config, option, "an input"));
            layer.class_name = name;
            return layer;
        }
        // Keras 3 writes down how it computes the mask of an embedding; Timeloom does it by itself.
        if (name == "NotEqual" || name == "Any")
            return {.layer = {.name = text_or(json, "name", name, name)},
                    .class_name = name,
                    .is_identity = true};
        if (name == "Sequential" || name == "Functional" || name == "Model")
            throw Error("layer '" + text_or(json, "name", name, name) +
                        "' is a model of its own, which cannot be imported; save its layers in one model");
        return keras_layer(json, keras_3_);
    }

    /// (batch, timesteps[, features]) or, unless an embedding reads it, (batch, features).
    KerasLayer input(const std::string& name, const Json& shape) const {
        const std::string where = "input '" + name + "'";
        if (!shape.is_array() || shape.size() < 2 || shape.size() > 3)
            throw Error(
                where +
                ": its shape must be (batch, timesteps), (batch, features) or (batch, timesteps, features)");
        KerasLayer result{.layer = {.kind = Kind::input, .name = name}, .class_name = "InputLayer"};
        Layer& layer = result.layer;
        if (shape.size() == 2) {
            layer.features = shape[1].is_null() ? 0 : as_integer(shape[1], where);
            return result;
        }
        layer.timesteps = steps(shape[1], where);
        layer.features = as_integer(shape[2], where + ": its number of features");
        return result;
    }

    int steps(const Json& extent, const std::string& where) const {
        if (!extent.is_null())
            return as_integer(extent, where + ": its number of time steps");
        if (options_.timesteps < 1)
            throw Error(where + ": the file leaves its number of time steps open; give it with --timesteps");
        return options_.timesteps;
    }

    void connect(KerasLayer& layer, const Json& json) {
        const std::string where = "layer '" + layer.layer.name + "' (" + layer.class_name + ")";
        if (layer.class_name == "NotEqual" || layer.class_name == "Any")
            return;
        KerasReads reads = keras_reads(member(json, "inbound_nodes", where), where);
        if (reads.values.empty())
            throw Error(where + ": it reads no layer");
        const bool has_states = !state_names(layer.layer).empty() || layer.layer.kind == Kind::stacked_cells;
        if (has_states && reads.values.size() > 1) {
            reads.initial_states.assign(reads.values.begin() + 1, reads.values.end());
            reads.values.resize(1);
        }
        if (!has_states && !reads.initial_states.empty())
            throw Error(where + ": it has more arguments than can be imported");
        check_masks(reads.masks, where);
        for (const KerasReference& value : reads.values)
            layer.layer.reads.push_back(value_of(value));
        if (layer.layer.kind == Kind::concatenate)
            layer.layer.axis = concatenation_axis(layer.layer.axis, json, where);
        start(layer.layer, reads.initial_states);
    }

    /// A mask that a person made would be lost.
    void check_masks(const std::vector<KerasReference>& masks, const std::string& where) const {
        for (const KerasReference& mask : masks)
            if (const std::string& made_by = find(mask.layer).class_name;
                made_by != "NotEqual" && made_by != "Any")
                throw Error(
                    where +
                    ": it is given a mask that is no embedding's and no masking's, which cannot be imported");
    }

    /// 1 is time where sequences are joined, and the features where vectors are.
    static int concatenation_axis(int axis, const Json& json, const std::string& where) {
        if (axis == -1 || axis == 2)
            return -1;
        if (axis != 1 && axis != -2)
            throw Error(where + ": its axis " + std::to_string(axis) + " cannot be imported");
        // Keras 3 tells the shapes of what is read, Keras 2 in "build_config" or nowhere.
        const auto rank_of = [](const Json& shape) { return shape.is_array() ? shape.size() : 0; };
        std::size_t rank = 0;
        if (has_member(json, "build_config") && json.at("build_config").is_object()) {
            const Json shapes = json.at("build_config").value("input_shape", Json());
            rank = shapes.is_array() && !shapes.empty() ? rank_of(shapes[0]) : 0;
        }
        return axis == 1 && rank == 2 ? -1 : 1;
    }

    const KerasLayer& find(const std::string& name) const {
        const auto found =
            std::ranges::find_if(model_.layers, [&](const KerasLayer& l) { return l.layer.name == name; });
        if (found == model_.layers.end())
            throw Error("the model reads a layer '" + name + "' that it does not have before it");
        return *found;
    }

    /// The name of what hands on that output; a state gets a layer of its own.
    std::string value_of(const KerasReference& reference) {
        if (reference.tensor == 0)
            return reference.layer;
        const std::vector<std::string> states = state_names(find(reference.layer).layer);
        const auto number = static_cast<std::size_t>(reference.tensor) - 1;
        if (number >= states.size())
            throw Error("layer '" + reference.layer + "' has no output " + std::to_string(reference.tensor) +
                        " that can be imported");
        const std::string name = reference.layer + "_" + states[number];
        if (std::ranges::none_of(model_.layers, [&](const KerasLayer& l) { return l.layer.name == name; })) {
            KerasLayer state{.layer = {.kind = Kind::return_state, .name = name, .reads = {reference.layer}}};
            state.layer.state = states[number];
            model_.layers.push_back(std::move(state));
        }
        return name;
    }

    /// All states of one layer in their order are handed over together.
    void start(Layer& layer, const std::vector<KerasReference>& from) {
        if (from.empty())
            return;
        const std::vector<std::string> states = state_names(find(from[0].layer).layer);
        bool whole = states.size() == from.size();
        for (std::size_t i = 0; i < from.size(); ++i)
            whole = whole && from[i].layer == from[0].layer && from[i].tensor == static_cast<int>(i) + 1;
        if (whole) {
            layer.starts = {from[0].layer};
            return;
        }
        for (const KerasReference& state : from)
            layer.starts.push_back(value_of(state));
    }

    /// A matrix (batch, timesteps) of token ids looks like vectors until an embedding reads it.
    void find_token_inputs() {
        for (KerasLayer& input : model_.layers) {
            if (input.layer.kind != Kind::input || input.is_identity || input.layer.timesteps != 0)
                continue;
            const bool is_tokens = std::ranges::any_of(model_.layers, [&](const KerasLayer& l) {
                return l.layer.kind == Kind::embedding && !l.layer.reads.empty() &&
                       l.layer.reads[0] == input.layer.name;
            });
            const std::string where = "input '" + input.layer.name + "'";
            if (is_tokens) {
                input.layer.timesteps =
                    steps(input.layer.features == 0 ? Json() : Json(input.layer.features), where);
                input.layer.features = 0;
            } else if (input.layer.features == 0) {
                throw Error(where +
                            ": the file leaves its number of features open, which cannot be imported");
            }
        }
    }

    const Json& config_;
    std::string class_name_;
    bool keras_3_;
    const ImportOptions& options_;
    KerasModel model_;
};

/// Appends layers after those that they read.
class Order {
  public:
    explicit Order(const KerasModel& model) : model_(model) {}

    std::vector<Layer> run() {
        // Inputs stand in the file's order.
        for (const KerasLayer& l : model_.layers)
            if (l.layer.kind == Kind::input && !l.is_identity)
                add(l.layer.name, 0);
        add(model_.output, 0);
        return std::move(ordered_);
    }

  private:
    void add(const std::string& name, int depth) {
        if (done_.contains(name))
            return;
        const auto found =
            std::ranges::find_if(model_.layers, [&](const KerasLayer& l) { return l.layer.name == name; });
        if (found == model_.layers.end())
            throw Error("the model reads a layer '" + name + "' that it does not have");
        if (depth > 1000)
            throw Error("the model's layers read each other in a circle");
        Layer layer = found->layer;
        for (std::string& read : layer.reads)
            read = source(read);
        for (const auto* names : {&layer.reads, &layer.starts})
            for (const std::string& read : *names)
                add(read, depth + 1);
        done_.insert(name);
        ordered_.push_back(std::move(layer));
    }

    /// What stands before the layers that do nothing.
    std::string source(std::string name) const {
        for (std::size_t step = 0; step <= model_.layers.size(); ++step) {
            const auto found = std::ranges::find_if(
                model_.layers, [&](const KerasLayer& l) { return l.layer.name == name; });
            if (found == model_.layers.end() || !found->is_identity || found->layer.reads.empty())
                return name;
            name = found->layer.reads[0];
        }
        throw Error("the model's layers read each other in a circle");
    }

    const KerasModel& model_;
    std::vector<Layer> ordered_;
    std::set<std::string> done_;
};

} // namespace

KerasModel keras_model(const Json& json, bool keras_3, const ImportOptions& options) {
    return GraphReader(json, keras_3, options).run();
}

Description description_of(const KerasModel& model, const std::string& origin) {
    Description description{.origin = origin, .layers = Order(model).run()};
    for (const KerasLayer& l : model.layers)
        if (l.is_identity && l.class_name != "NotEqual" && l.class_name != "Any")
            description.notes.push_back("Left out: " + l.class_name + " '" + l.layer.name +
                                        "', which only training needs.");
    return normalized(std::move(description));
}

} // namespace timeloom::importing
