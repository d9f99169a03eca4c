#include "timeloom/generators/import/declaration/declaration_words.hpp"

#include "timeloom/generators/import/declaration/own_cells.hpp"

#include <array>
#include <charconv>

namespace timeloom::importing {

namespace {

/// Collects the options of a layer.
class Options {
  public:
    Options& add(bool is_there, const std::string& text) {
        if (is_there)
            list_ += (list_.empty() ? "" : ", ") + text;
        return *this;
    }
    std::string text() const { return "(" + list_ + ")"; }

  private:
    std::string list_;
};

std::string sized(const Layer& layer, int size) {
    return std::string(spelling(layer.kind)) + "<" + std::to_string(size) + ">";
}

void add_time_options(const Layer& layer, Options& options) {
    options.add(layer.return_sequences, "return_sequences")
        .add(layer.go_backwards, "go_backwards")
        .add(layer.stateful, "stateful")
        .add(layer.rate > 0, "dropout(" + number(layer.rate) + ")")
        .add(layer.recurrent_rate > 0, "recurrent_dropout(" + number(layer.recurrent_rate) + ")");
}

std::string cell_words(const Layer& layer) {
    Options options;
    if (layer.is_own_cell()) {
        options.add(true, own_cell_name(layer));
        add_time_options(layer, options);
        return "recurrent<" + std::to_string(layer.units) + ">" + options.text();
    }
    add_time_options(layer, options);
    options.add(layer.activation != "tanh", "activation(" + layer.activation + ")")
        .add(layer.kind != Kind::simple_rnn && layer.recurrent_activation != "sigmoid",
             "recurrent_activation(" + layer.recurrent_activation + ")")
        .add(!layer.use_bias, "use_bias(false)")
        .add(layer.kind == Kind::gru && !layer.reset_after, "reset_after(false)");
    return sized(layer, layer.units) + options.text();
}

std::string directions_words(const Layer& layer) {
    return "bidirectional(" + cell_words(layer.inner.at(0)) +
           (layer.merge == "concat" ? ")" : ", merge::" + layer.merge + ")");
}

std::string stack_words(const Layer& layer) {
    Options options;
    for (Layer cell : layer.inner) {
        cell.return_sequences = cell.go_backwards = false;
        cell.stateful = layer.stateful;
        options.add(true, cell_words(cell));
    }
    options.add(layer.return_sequences, "return_sequences").add(layer.go_backwards, "go_backwards");
    return "stacked_cells" + options.text();
}

std::string input_words(const Layer& layer) {
    if (layer.timesteps == 0)
        return "vector_input<" + std::to_string(layer.features) + ">()";
    return "input<" + std::to_string(layer.timesteps) +
           (layer.features == 0 ? "" : ", " + std::to_string(layer.features)) + ">()";
}

std::string dense_words(const Layer& layer) {
    Options options;
    options.add(layer.activation != "linear", layer.activation).add(!layer.use_bias, "use_bias(false)");
    return sized(layer, layer.units) + options.text();
}

std::string normalization_words(const Layer& layer) {
    Options options;
    options.add(layer.epsilon != 1e-3, number(layer.epsilon))
        .add(!layer.center, "center(false)")
        .add(!layer.scale, "scale(false)");
    return "layer_normalization" + options.text();
}

std::string pooling_words(const Layer& layer) {
    return std::string(spelling(layer.kind)) + "<" + std::to_string(layer.size) +
           (layer.strides == layer.size ? "" : ", " + std::to_string(layer.strides)) + ">" +
           (layer.same_padding ? "(same_padding)" : "()");
}

std::string quoted_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "\"" : ", \"") + name + "\"";
    return list;
}

std::string join_words(const Layer& layer) {
    return std::string(spelling(layer.kind)) + "<" + quoted_names(layer.reads) + ">" +
           (layer.axis == 1 ? "(axis<1>)" : "()");
}

} // namespace

std::string number(double value) {
    std::array<char, 32> digits;
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

std::string words_of(const Layer& layer) {
    switch (layer.kind) {
    case Kind::input:
        return input_words(layer);
    case Kind::embedding:
        return "embedding<" + std::to_string(layer.features) + ", " + std::to_string(layer.units) + ">" +
               (layer.masks_zero ? "(mask_zero)" : "()");
    case Kind::simple_rnn:
    case Kind::lstm:
    case Kind::gru:
        return cell_words(layer);
    case Kind::bidirectional:
        return directions_words(layer);
    case Kind::stacked_cells:
        return stack_words(layer);
    case Kind::dense:
        return dense_words(layer);
    case Kind::time_distributed:
        return "time_distributed(" + words_of(layer.inner.at(0)) + ")";
    case Kind::activation:
        return "activation(" + layer.activation + ")";
    case Kind::softmax:
        return "softmax";
    case Kind::dropout:
        return "dropout(" + number(layer.rate) + ")";
    case Kind::layer_normalization:
        return normalization_words(layer);
    case Kind::repeat_vector:
        return sized(layer, layer.timesteps) + "()";
    case Kind::average_pooling:
    case Kind::max_pooling:
        return pooling_words(layer);
    case Kind::masking:
        return "masking(" + (layer.mask_value == 0 ? "" : number(layer.mask_value)) + ")";
    case Kind::concatenate:
    case Kind::add:
    case Kind::subtract:
    case Kind::multiply:
    case Kind::average:
        return join_words(layer);
    case Kind::return_state:
        return "return_state<\"" + layer.reads.at(0) + "\", \"" + layer.state + "\">()";
    default:
        return std::string(spelling(layer.kind)) + "()";
    }
}

std::string words_of(const DeclaredLayer& element) {
    const Layer& layer = *element.layer;
    if (element.given.empty())
        return words_of(layer);
    std::string text = "named<\"" + element.given + "\">(" + words_of(layer);
    if (element.says_reads && layer.reads.size() == 1 && layer.kind != Kind::return_state)
        text += ", reads<" + quoted_names(layer.reads) + ">";
    if (!layer.starts.empty())
        text += ", initial_state<" + quoted_names(layer.starts) + ">";
    return text + ")";
}

} // namespace timeloom::importing
