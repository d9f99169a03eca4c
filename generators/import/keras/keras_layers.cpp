#include "timeloom/generators/import/keras/keras_layers.hpp"

#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/runtime/error.hpp"

#include <cctype>
#include <map>

namespace timeloom::importing {

namespace {

/// One layer's class, configuration and how errors call it.
struct Source {
    const Json& json;
    std::string class_name;
    const Json& config;
    std::string where;
    bool keras_3;

    [[noreturn]] void refuse(const std::string& why) const { throw Error(where + ": " + why); }
    /// Options that change what a layer computes and that Timeloom lacks must have the value of doing
    /// nothing.
    void require(const char* option, const Json& value) const {
        if (config.contains(option) && config.at(option) != value && !config.at(option).is_null())
            refuse("its " + std::string(option) + " must be " + value.dump() + " to be imported");
    }
    void require_absent(const char* option) const {
        if (has_member(config, option))
            refuse("its " + std::string(option) + " cannot be imported");
    }
};

Source source_of(const Json& json, bool keras_3) {
    const std::string class_name = text_member(json, "class_name", "a layer");
    const Json& config = member(json, "config", "a layer of class " + class_name);
    const std::string name = text_or(config, "name", class_name, class_name);
    return {json, class_name, config, "layer '" + name + "' (" + class_name + ")", keras_3};
}

std::string activation(const Source& s, const char* option, const char* otherwise) {
    if (!has_member(s.config, option))
        return otherwise;
    const Json& value = s.config.at(option);
    if (!value.is_string())
        s.refuse("its " + std::string(option) + " is no plain function, which cannot be imported");
    const std::string name = from_keras_activation(value.get<std::string>(), s.keras_3);
    if (name != "softmax")
        find_activation(name, s.where);
    return name;
}

/// Options that SimpleRNN, LSTM and GRU share with their cells.
void read_cell(const Source& s, Layer& layer) {
    static const std::map<std::string, Kind> kinds = {{"SimpleRNN", Kind::simple_rnn},
                                                      {"SimpleRNNCell", Kind::simple_rnn},
                                                      {"LSTM", Kind::lstm},
                                                      {"LSTMCell", Kind::lstm},
                                                      {"GRU", Kind::gru},
                                                      {"GRUCell", Kind::gru}};
    const auto found = kinds.find(s.class_name);
    if (found == kinds.end())
        s.refuse("its cell must be a SimpleRNN, LSTM or GRU to be imported");
    layer.kind = found->second;
    layer.units = integer_member(s.config, "units", s.where);
    layer.activation = activation(s, "activation", "linear");
    if (layer.kind != Kind::simple_rnn)
        layer.recurrent_activation = activation(s, "recurrent_activation", "linear");
    if (layer.activation == "softmax" || layer.recurrent_activation == "softmax")
        s.refuse("a softmax within a cell cannot be imported");
    layer.use_bias = boolean_or(s.config, "use_bias", true, s.where);
    // Before Keras 2.2 there was no reset_after: the gate came before the product.
    layer.reset_after = boolean_or(s.config, "reset_after", false, s.where);
    layer.rate = number_or(s.config, "dropout", 0, s.where);
    layer.recurrent_rate = number_or(s.config, "recurrent_dropout", 0, s.where);
}

void read_time_options(const Source& s, Layer& layer) {
    layer.return_sequences = boolean_or(s.config, "return_sequences", false, s.where);
    layer.go_backwards = boolean_or(s.config, "go_backwards", false, s.where);
    layer.stateful = boolean_or(s.config, "stateful", false, s.where);
    s.require("time_major", false);
}

KerasLayer recurrent(const Source& s) {
    KerasLayer result{.leaves = {"cell"}};
    if (s.class_name != "RNN") {
        read_cell(s, result.layer);
    } else {
        const Source cell = source_of(member(s.config, "cell", s.where), s.keras_3);
        if (cell.class_name != "StackedRNNCells") {
            read_cell(cell, result.layer);
        } else {
            result.layer.kind = Kind::stacked_cells;
            result.leaves.clear();
            std::map<std::string, int> seen;
            for (const Json& inner : array(member(cell.config, "cells", cell.where), cell.where)) {
                const Source part = source_of(inner, s.keras_3);
                read_cell(part, result.layer.inner.emplace_back());
                result.layer.inner.back().name = text_or(part.config, "name", part.class_name, part.where);
                const int repeats = seen[part.class_name]++;
                result.leaves.push_back("cell/cells/" + snake_case(part.class_name) +
                                        (repeats == 0 ? "" : "_" + std::to_string(repeats)));
            }
            if (result.layer.inner.empty())
                s.refuse("it has no cells");
        }
    }
    s.require("zero_output_for_mask", false);
    read_time_options(s, result.layer);
    return result;
}

KerasLayer bidirectional(const Source& s) {
    KerasLayer result{.leaves = {"forward_layer/cell", "backward_layer/cell"}};
    const Source forward = source_of(member(s.config, "layer", s.where), s.keras_3);
    Layer& layer = result.layer;
    layer.kind = Kind::bidirectional;
    read_cell(forward, layer.inner.emplace_back());
    read_time_options(forward, layer.inner[0]);
    layer.inner[0].name = text_or(forward.config, "name", "forward", forward.where);
    layer.inner.push_back(layer.inner[0]);
    if (layer.inner[0].go_backwards)
        s.refuse("the layer inside reads backwards, which cannot be imported");
    layer.return_sequences = layer.inner[0].return_sequences;
    layer.stateful = layer.inner[0].stateful;
    layer.merge = text_or(s.config, "merge_mode", "none", s.where);
    if (layer.merge != "concat" && layer.merge != "sum" && layer.merge != "mul" && layer.merge != "ave")
        s.refuse("its merge_mode must be concat, sum, mul or ave to be imported");
    if (has_member(s.config, "backward_layer")) {
        const Source backward = source_of(s.config.at("backward_layer"), s.keras_3);
        Layer other;
        read_cell(backward, other);
        read_time_options(backward, other);
        const Layer& one = layer.inner[0];
        if (other.kind != one.kind || other.units != one.units || other.activation != one.activation ||
            other.recurrent_activation != one.recurrent_activation || other.use_bias != one.use_bias ||
            other.reset_after != one.reset_after || other.return_sequences != one.return_sequences ||
            !other.go_backwards)
            s.refuse("its two directions differ in their options, which cannot be imported");
    }
    return result;
}

KerasLayer dense(const Source& s) {
    KerasLayer result{.layer = {.kind = Kind::dense}, .leaves = {""}};
    result.layer.units = integer_member(s.config, "units", s.where);
    result.layer.activation = activation(s, "activation", "linear");
    result.layer.use_bias = boolean_or(s.config, "use_bias", true, s.where);
    s.require_absent("lora_rank");
    s.require_absent("quantization_mode");
    return result;
}

KerasLayer embedding(const Source& s) {
    KerasLayer result{.layer = {.kind = Kind::embedding}, .leaves = {""}};
    result.layer.features = integer_member(s.config, "input_dim", s.where);
    result.layer.units = integer_member(s.config, "output_dim", s.where);
    result.layer.masks_zero = boolean_or(s.config, "mask_zero", false, s.where);
    s.require_absent("lora_rank");
    s.require_absent("quantization_mode");
    return result;
}

KerasLayer normalization(const Source& s) {
    KerasLayer result{.layer = {.kind = Kind::layer_normalization}, .leaves = {""}};
    result.layer.epsilon = number_member(s.config, "epsilon", s.where);
    result.layer.center = boolean_or(s.config, "center", true, s.where);
    result.layer.scale = boolean_or(s.config, "scale", true, s.where);
    s.require("rms_scaling", false);
    const Json axis = s.config.contains("axis") ? s.config.at("axis") : Json(-1);
    const Json& one = axis.is_array() && axis.size() == 1 ? axis[0] : axis;
    const Json shape = s.json.contains("build_config") && s.json["build_config"].is_object()
                           ? s.json["build_config"].value("input_shape", Json())
                           : Json();
    const bool is_last = one == -1 || (shape.is_array() && one == static_cast<int>(shape.size()) - 1) ||
                         (!shape.is_array() && one == 2);
    if (!is_last)
        s.refuse("it normalizes another axis than the last, which cannot be imported");
    return result;
}

int window(const Source& s, const char* option, int otherwise) {
    if (!has_member(s.config, option))
        return otherwise;
    const Json& value = s.config.at(option);
    return as_integer(value.is_array() && value.size() == 1 ? value[0] : value, s.where + ": its " + option);
}

KerasLayer pooling(const Source& s, Kind kind) {
    KerasLayer result{.layer = {.kind = kind}};
    s.require("data_format", "channels_last");
    if (kind == Kind::global_average_pooling || kind == Kind::global_max_pooling) {
        s.require("keepdims", false);
        return result;
    }
    result.layer.size = window(s, "pool_size", 2);
    result.layer.strides = window(s, "strides", result.layer.size);
    const std::string padding = text_or(s.config, "padding", "valid", s.where);
    if (padding != "valid" && padding != "same")
        s.refuse("its padding must be valid or same to be imported");
    result.layer.same_padding = padding == "same";
    return result;
}

KerasLayer time_distributed(const Source& s) {
    KerasLayer inner = keras_layer(member(s.config, "layer", s.where), s.keras_3);
    if (inner.is_identity || !inner.layer.inner.empty())
        s.refuse("what is inside it cannot be imported there");
    KerasLayer result{.layer = {.kind = Kind::time_distributed}};
    result.layer.inner = {inner.layer};
    if (!inner.leaves.empty())
        result.leaves = {"layer"};
    return result;
}

KerasLayer rectifier(const Source& s) {
    KerasLayer result{.layer = {.kind = Kind::activation, .activation = "relu"}};
    s.require("negative_slope", 0.0);
    s.require("threshold", 0.0);
    if (has_member(s.config, "max_value")) {
        s.require("max_value", 6.0);
        result.layer.activation = "relu6";
    }
    return result;
}

KerasLayer softmax(const Source& s) {
    s.require("axis", -1);
    return {.layer = {.kind = Kind::softmax}};
}

KerasLayer simple(const Source& s) {
    KerasLayer result;
    Layer& layer = result.layer;
    if (s.class_name == "Activation") {
        layer.kind = Kind::activation;
        layer.activation = activation(s, "activation", "linear");
    } else if (s.class_name == "Dropout") {
        layer.kind = Kind::dropout;
        layer.rate = number_member(s.config, "rate", s.where);
        s.require_absent("noise_shape");
    } else if (s.class_name == "RepeatVector") {
        layer.kind = Kind::repeat_vector;
        layer.timesteps = integer_member(s.config, "n", s.where);
    } else if (s.class_name == "Masking") {
        layer.kind = Kind::masking;
        layer.mask_value = number_or(s.config, "mask_value", 0, s.where);
    } else if (s.class_name == "Flatten") {
        layer.kind = Kind::flatten;
        s.require("data_format", "channels_last");
    } else if (s.class_name == "Concatenate") {
        layer.kind = Kind::concatenate;
        layer.axis = static_cast<int>(number_or(s.config, "axis", -1, s.where));
    } else {
        static const std::map<std::string, Kind> joins = {{"Add", Kind::add},
                                                          {"Subtract", Kind::subtract},
                                                          {"Multiply", Kind::multiply},
                                                          {"Average", Kind::average}};
        const auto found = joins.find(s.class_name);
        if (found == joins.end())
            s.refuse("layers of this class cannot be imported; docs/import.md lists those that can");
        layer.kind = found->second;
    }
    return result;
}

KerasLayer read(const Source& s) {
    using Reader = KerasLayer (*)(const Source&);
    static const std::map<std::string, Reader> readers = {
        {"SimpleRNN", recurrent},
        {"LSTM", recurrent},
        {"GRU", recurrent},
        {"RNN", recurrent},
        {"Bidirectional", bidirectional},
        {"Dense", dense},
        {"Embedding", embedding},
        {"LayerNormalization", normalization},
        {"TimeDistributed", time_distributed},
        {"ReLU", rectifier},
        {"Softmax", softmax},
        {"GlobalAveragePooling1D", [](const Source& p) { return pooling(p, Kind::global_average_pooling); }},
        {"GlobalMaxPooling1D", [](const Source& p) { return pooling(p, Kind::global_max_pooling); }},
        {"AveragePooling1D", [](const Source& p) { return pooling(p, Kind::average_pooling); }},
        {"MaxPooling1D", [](const Source& p) { return pooling(p, Kind::max_pooling); }},
    };
    for (const char* only_in_training : {"SpatialDropout1D", "GaussianNoise", "GaussianDropout",
                                         "AlphaDropout", "ActivityRegularization", "Identity"})
        if (s.class_name == only_in_training)
            return {.is_identity = true};
    const auto found = readers.find(s.class_name);
    return found != readers.end() ? found->second(s) : simple(s);
}

/// Weights in half precision would not be right to 1e-6.
void require_float(const Source& s) {
    const Json dtype = s.config.contains("dtype") ? s.config.at("dtype") : Json();
    std::string name = dtype.is_string() ? dtype.get<std::string>() : "float32";
    if (dtype.is_object())
        name = text_or(dtype.contains("config") ? dtype.at("config") : Json(), "name", "float32", s.where);
    if (name != "float32" && name != "float64" && name.find("int") != 0)
        s.refuse("it computes in " + name + ", but only float32 and float64 can be imported");
}

} // namespace

KerasLayer keras_layer(const Json& json, bool keras_3) {
    const Source s = source_of(json, keras_3);
    require_float(s);
    KerasLayer result = read(s);
    result.class_name = s.class_name;
    result.layer.name = text_or(s.config, "name", snake_case(s.class_name), s.where);
    for (Layer& inner : result.layer.inner)
        if (inner.name.empty())
            inner.name = result.layer.name;
    return result;
}

std::string snake_case(const std::string& class_name) {
    std::string result;
    for (std::size_t i = 0; i < class_name.size(); ++i) {
        const auto is_upper = [&](std::size_t at) {
            return at < class_name.size() && std::isupper(static_cast<unsigned char>(class_name[at]));
        };
        const auto is_lower = [&](std::size_t at) {
            return at < class_name.size() && std::islower(static_cast<unsigned char>(class_name[at]));
        };
        if (i > 0 && is_upper(i) && (is_lower(i - 1) || is_lower(i + 1)))
            result += '_';
        result += static_cast<char>(std::tolower(static_cast<unsigned char>(class_name[i])));
    }
    return result;
}

std::vector<Layer*> leaves_of(Layer& layer) {
    std::vector<Layer*> leaves;
    for (Layer& inner : layer.inner)
        leaves.push_back(&inner);
    return leaves.empty() ? std::vector<Layer*>{&layer} : leaves;
}

void set_keras_weights(Layer& leaf, const std::vector<Tensor>& weights) {
    std::vector<std::string> roles;
    if (leaf.is_cell())
        roles = {"kernel", "recurrent_kernel"};
    else if (leaf.kind == Kind::dense)
        roles = {"kernel"};
    else if (leaf.kind == Kind::embedding)
        roles = {"embeddings"};
    if ((leaf.is_cell() || leaf.kind == Kind::dense) && leaf.use_bias)
        roles.push_back("bias");
    if (leaf.kind == Kind::layer_normalization && leaf.scale)
        roles.push_back("gamma");
    if (leaf.kind == Kind::layer_normalization && leaf.center)
        roles.push_back("beta");
    if (weights.size() != roles.size())
        throw Error(label(leaf) + ": the file has " + std::to_string(weights.size()) +
                    " weights for it, but it needs " + std::to_string(roles.size()));
    for (std::size_t i = 0; i < roles.size(); ++i)
        leaf.weights[roles[i]] = weights[i];
    // Keras keeps the two biases of a GRU that resets after the product as rows of one.
    if (leaf.kind == Kind::gru && leaf.reset_after && leaf.use_bias) {
        const Tensor both = leaf.weights.at("bias");
        if (both.rank() != 2 || both.shape()[0] != 2)
            throw Error(label(leaf) + ": its bias has the shape " + to_string(both.shape()) +
                        ", but with reset_after it should have two rows");
        const Shape one{both.row_size()};
        leaf.weights["bias"] = Tensor(one, both.row(0));
        leaf.weights["recurrent_bias"] = Tensor(one, both.row(1));
    }
}

} // namespace timeloom::importing
