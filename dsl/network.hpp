// A model as plain data: what code generation and runtime read of a declaration.
#pragma once

#include "timeloom/dsl/derive.hpp"
#include "timeloom/dsl/kernel_signature.hpp"
#include "timeloom/dsl/layout.hpp"
#include "timeloom/dsl/parameter_rules.hpp"

#include <string>
#include <vector>

namespace timeloom::dsl {

enum class layer_kind : std::uint8_t {
    embedding,          ///< row lookup: token ids → vectors
    cell,               ///< a cell over time: recurrent layers; without states also dense
    dropout,            ///< zeroes values while training
    softmax_rows,       ///< exp(x) / Σ exp(x) over the features
    bidirectional,      ///< merges the two layers before it, which both read what comes before them
    repeat,             ///< the input at every time step
    flatten,            ///< all time steps side by side
    layer_normalization ///< every vector with mean 0 and variance 1, scaled and shifted
};

/// What becomes of the outputs of the two directions.
enum class merge_mode : std::uint8_t { concat, sum, mul, ave };

/// Of a layer_normalization.
struct normalization {
    double epsilon = 1e-3;
    bool center = true; ///< adds beta
    bool scale = true;  ///< multiplies by gamma
};

struct layer {
    layer_kind kind = layer_kind::cell;
    std::string name;
    int timesteps = 1;
    int features = 0; ///< width of the input; for an embedding the number of rows
    int units = 0;    ///< width of the output
    differentiated_cell cell;
    bool return_sequences = true; ///< false: only the last time step is handed on
    int unroll = 1;
    double rate = 0;           ///< dropout: of the layer itself, or of a recurrent layer's input
    bool go_backwards = false; ///< the cell reads the time steps from the last to the first
    bool stateful = false;     ///< a batch goes on with the states that the batch before ended with
    merge_mode merge = merge_mode::concat;
    int kernels_before = 0; ///< the kernels are those of the layer so many places before this one
    normalization normalized{};
    layer_rules rules{};

    /// Time steps of what the layer hands on.
    int output_timesteps() const { return return_sequences ? timesteps : 1; }
};

struct network {
    int timesteps = 1;
    int features = 0; ///< 0: the input is token ids
    std::vector<layer> layers;
};

} // namespace timeloom::dsl
