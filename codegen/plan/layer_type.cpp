#include "timeloom/codegen/plan/layer_type.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace timeloom::codegen {

namespace {

std::string cell_type(const declaration::graph& cell) {
    constexpr std::array<std::pair<std::string_view, const char*>, 6> known{{{"simple_rnn", "SimpleRNN"},
                                                                             {"lstm", "LSTM"},
                                                                             {"gru", "GRU"},
                                                                             {"gru_reset_before", "GRU"},
                                                                             {"dense", "Dense"},
                                                                             {"activation", "Activation"}}};
    for (const auto& [label, type] : known) {
        if (cell.label.view() == label) {
            return type;
        }
    }
    return "RNN"; // as Keras calls the layer over a cell of one's own
}

std::string pooling_type(const plan::Pooling& pooled) {
    return std::string(pooled.size == 0 ? "Global" : "") + (pooled.maximum ? "Max" : "Average") + "Pooling1D";
}

std::string type_of(const declaration::layer& layer) {
    const bool is_wrapped = layer.declared_name() != layer.name;
    if (is_wrapped) {
        return layer.equations.states.empty() ? "TimeDistributed" : "RNN"; // an RNN over stacked cells
    }
    switch (layer.kind) {
    case plan::LayerKind::embedding:
        return "Embedding";
    case plan::LayerKind::dropout:
        return "Dropout";
    case plan::LayerKind::softmax_rows:
        return "Softmax";
    case plan::LayerKind::join: {
        constexpr std::array<const char*, 6> types{"Concatenate", "Add",      "Multiply",
                                                   "Average",     "Subtract", "Concatenate"};
        return layer.reads.size() == 1 ? "Direction" : types.at(static_cast<std::size_t>(layer.merge));
    }
    case plan::LayerKind::masking:
        return "Masking";
    case plan::LayerKind::final_state:
        return "State";
    case plan::LayerKind::layer_normalization:
        return "LayerNormalization";
    case plan::LayerKind::repeat:
        return "RepeatVector";
    case plan::LayerKind::flatten:
        return "Flatten";
    case plan::LayerKind::pooling:
        return pooling_type(layer.pooled);
    case plan::LayerKind::cell:
        break;
    }
    return cell_type(layer.equations);
}

} // namespace

std::string layer_type(const declaration::network& network, std::size_t position) {
    const auto& layers = network.layers;
    const std::string name(layers[position].declared_name());
    const auto is_backward = [&](const declaration::layer& l) {
        return l.name.starts_with(name + "/backward_");
    };
    const bool both_ways =
        is_backward(layers[position]) || (position > 0 && is_backward(layers[position - 1]));
    return both_ways ? "Bidirectional" : type_of(layers[position]);
}

} // namespace timeloom::codegen
