#include "timeloom/generators/import/formats/chain.hpp"

#include "timeloom/runtime/error.hpp"

#include <sstream>

namespace timeloom::importing {

namespace {

/// Layers that compute every time step by itself.
bool is_pointwise(Kind kind) {
    return kind == Kind::dense || kind == Kind::activation || kind == Kind::softmax ||
           kind == Kind::dropout || kind == Kind::layer_normalization;
}

bool is_recurrent(const Layer& layer) { return layer.is_cell() || layer.kind == Kind::bidirectional; }

void keep_last(Layer& layer) {
    layer.return_sequences = false;
    for (Layer& inner : layer.inner)
        inner.return_sequences = false;
}

} // namespace

std::vector<ChainElement> parse_chain(const std::string& text) {
    std::vector<ChainElement> elements;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');) {
        std::istringstream words(part);
        ChainElement element;
        if (!(words >> element.word))
            throw Error("--layers has an empty place between two commas");
        for (std::string option; words >> option;)
            element.options.push_back(option);
        elements.push_back(element);
    }
    return elements;
}

void Chain::append(Layer layer) {
    layer.reads = {layers_.back().name};
    layers_.push_back(std::move(layer));
}

void Chain::activate(const std::string& activation) {
    Layer& before = layers_.back();
    if (before.kind == Kind::dense && before.activation == "linear") {
        before.activation = activation;
        return;
    }
    append({.kind = Kind::activation,
            .name = "activation_" + std::to_string(layers_.size()),
            .activation = activation});
}

void Chain::keep_last_step() {
    for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
        if (is_recurrent(*layer) && layer->return_sequences) {
            if (layer->kind == Kind::bidirectional)
                throw Error(label(*layer) +
                            ": its last step is the first that its backward direction makes, which cannot be "
                            "imported; 'final' takes the last one of both directions");
            return keep_last(*layer);
        }
        if (!is_pointwise(layer->kind))
            break;
    }
    throw Error("--layers has a 'last' where no recurrent layer hands on a sequence");
}

void Chain::keep_final_states() {
    if (!is_recurrent(layers_.back()) || !layers_.back().return_sequences)
        throw Error("--layers has a 'final' that does not stand right behind a recurrent layer");
    keep_last(layers_.back());
}

} // namespace timeloom::importing
