// A model as plain data: what code generation reads of a declaration.
#pragma once

#include "timeloom/dsl/cells/derive.hpp"
#include "timeloom/dsl/network/parameter_rules.hpp"
#include "timeloom/runtime/plan/layer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace timeloom::declaration {

using layer_kind = plan::LayerKind;
using merge_mode = plan::MergeMode;
using value_source = plan::ValueSource;
using state_source = plan::StateSource;
using normalization = plan::Normalization;
using pooling = plan::Pooling;

struct layer {
    layer_kind kind = layer_kind::cell;
    std::string name;
    int timesteps = 1;
    int features = 0;             ///< width of the input; for an embedding the number of rows
    int units = 0;                ///< width of the output
    graph equations{};            ///< of a cell, as they were written
    differentiated_cell cell{};   ///< the equations with masks and dropout, and their derivatives
    bool return_sequences = true; ///< false: only the last time step is handed on
    int unroll = 1;
    double rate = 0;           ///< dropout: of the layer itself, or of a recurrent layer's input
    double recurrent_rate = 0; ///< dropout of the states that a recurrent layer's matrices multiply
    int truncate = 0;          ///< gradients flow back through windows of so many steps; 0: through all
    bool go_backwards = false; ///< the cell reads the time steps from the last to the first
    bool stateful = false;     ///< a batch goes on with the states that the batch before ended with
    bool makes_mask = false;   ///< of an embedding: token 0 is masked
    float mask_value = 0;      ///< of masking
    int state = 0;             ///< of final_state: its number
    merge_mode merge = merge_mode::concat;
    bool zeroes_masked = false; ///< of a join: zeros at masked steps, as in Keras's Bidirectional
    int shares = 0;             ///< the parameters are those of the layer so many places before; 0: its own
    std::vector<value_source> reads{};
    std::vector<state_source> initial_states{}; ///< none: zeros
    normalization normalized{};
    pooling pooled{};
    layer_rules rules{};

    /// Time steps of what the layer hands on.
    int output_timesteps() const { return return_sequences ? timesteps : 1; }
    /// True if that is a sequence, (batch, timesteps, units), be it of one step, and not a vector.
    bool hands_on_sequence(bool reads_sequence) const {
        switch (kind) {
        case layer_kind::repeat:
            return true;
        case layer_kind::flatten:
        case layer_kind::final_state:
            return false;
        case layer_kind::pooling:
            return reads_sequence && pooled.size > 0;
        default:
            return reads_sequence && return_sequences;
        }
    }
    /// The name that it has in the declaration: what a layer wraps is called <name>/….
    std::string_view declared_name() const { return std::string_view(name).substr(0, name.find('/')); }
};

/// What the caller hands in: token ids, a sequence of vectors, or one vector.
struct model_input {
    std::string name;
    int timesteps = 1;
    int features = 0;        ///< 0: token ids
    bool is_sequence = true; ///< false: one vector
    bool is_ragged = false;  ///< every sample has a length of its own
};

struct network {
    std::vector<model_input> inputs;
    std::vector<layer> layers;

    int node_of_layer(std::size_t layer) const { return static_cast<int>(inputs.size() + layer); }
    bool is_input(int node) const { return node < static_cast<int>(inputs.size()); }
    const layer& layer_at(int node) const { return layers[static_cast<std::size_t>(node) - inputs.size()]; }
    /// True if a node hands on a sequence, be it of one step, and not a vector.
    bool is_sequence(int node) const {
        return is_input(node) ? inputs[static_cast<std::size_t>(node)].is_sequence
                              : layer_at(node).hands_on_sequence(is_sequence(layer_at(node).reads[0].node));
    }
    /// True if the model hands out a sequence.
    bool outputs_sequence() const { return is_sequence(node_of_layer(layers.size() - 1)); }
};

} // namespace timeloom::declaration
