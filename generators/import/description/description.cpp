#include "timeloom/generators/import/description/description.hpp"

#include <algorithm>
#include <array>

namespace timeloom::importing {

bool Layer::is_own_cell() const {
    static constexpr std::array own_roles = {"initial_h", "initial_c", "peephole_i", "peephole_f",
                                             "peephole_o"};
    return is_cell() && (extras != CellExtras{} ||
                         std::ranges::any_of(own_roles, [&](const char* role) { return has(role); }));
}

const Layer* find_layer(const Description& description, const std::string& name) {
    const auto found = std::ranges::find(description.layers, name, &Layer::name);
    return found == description.layers.end() ? nullptr : &*found;
}

const char* spelling(Kind kind) {
    static constexpr std::array names = {"input",
                                         "embedding",
                                         "simple_rnn",
                                         "lstm",
                                         "gru",
                                         "bidirectional",
                                         "stacked_cells",
                                         "dense",
                                         "time_distributed",
                                         "activation",
                                         "softmax",
                                         "dropout",
                                         "layer_normalization",
                                         "repeat_vector",
                                         "flatten",
                                         "global_average_pooling1d",
                                         "global_max_pooling1d",
                                         "average_pooling1d",
                                         "max_pooling1d",
                                         "masking",
                                         "concatenate",
                                         "add",
                                         "subtract",
                                         "multiply",
                                         "average",
                                         "return_state",
                                         "shared"};
    return names[static_cast<std::size_t>(kind)];
}

std::string label(const Layer& layer) { return "layer '" + layer.name + "' (" + spelling(layer.kind) + ")"; }

} // namespace timeloom::importing
