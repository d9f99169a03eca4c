// Layers of Keras's configurations, of Keras 2 and 3.
#pragma once

#include "timeloom/generators/import/containers/json.hpp"
#include "timeloom/generators/import/description/description.hpp"

#include <string>
#include <vector>

namespace timeloom::importing {

/// A layer, and where a file keeps its weights.
struct KerasLayer {
    Layer layer{};
    std::string class_name{};
    bool is_identity = false; ///< it does nothing when a model predicts, and is left out
    std::vector<std::string>
        leaves{}; ///< for each cell or layer with weights: its folder under the layer's own
};

/// A member of "layers" of a model's configuration. `keras_3` decides what some activations mean. Throws
/// Error, naming the layer and what cannot be imported of it.
KerasLayer keras_layer(const Json& json, bool keras_3);

/// Class names as the folders of Keras 3's weights have them: "LSTMCell" is "lstm_cell".
std::string snake_case(const std::string& class_name);

/// The parts of a layer that have weights of their own, as many as its leaves.
std::vector<Layer*> leaves_of(Layer& layer);

/// Weights of one leaf in Keras's order become its roles. Throws Error for another number of them.
void set_keras_weights(Layer& leaf, const std::vector<Tensor>& weights);

} // namespace timeloom::importing
