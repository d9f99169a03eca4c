// A trained model as every reader of files hands it on: Keras's layers and options, tensors in Keras's
// layout.
#pragma once

#include "timeloom/runtime/tensors/tensor.hpp"

#include <map>
#include <string>
#include <vector>

namespace timeloom::importing {

enum class Kind {
    input,
    embedding,
    simple_rnn,
    lstm,
    gru,
    bidirectional,
    stacked_cells,
    dense,
    time_distributed,
    activation,
    softmax,
    dropout,
    layer_normalization,
    repeat_vector,
    flatten,
    global_average_pooling,
    global_max_pooling,
    average_pooling,
    max_pooling,
    masking,
    concatenate,
    add,
    subtract,
    multiply,
    average,
    return_state
};

/// What is not Keras's in a recurrent layer; ONNX and NAM have it.
struct CellExtras {
    std::string output_activation{}; ///< of an LSTM's state c; empty: as `activation`
    double clip = 0;                 ///< sums before activations stay within ±clip; 0: everywhere
    bool couples_gates = false;      ///< f = 1 − i

    bool operator==(const CellExtras&) const = default;
};

/// A layer with Keras's options. Of the options only those count that the kind has.
struct Layer {
    Kind kind = Kind::input;
    std::string name{};                ///< by which others refer to it, and errors name it
    std::vector<std::string> reads{};  ///< names of layers
    std::vector<std::string> starts{}; ///< initial_state: one recurrent layer, or a vector for each state
    int timesteps = 0;                 ///< of an input (0: a vector), of repeat_vector
    int features = 0;                  ///< of an input (0: token ids); an embedding's vocabulary
    int units = 0;
    std::string activation = "linear"; ///< names of activations.hpp
    std::string recurrent_activation = "sigmoid";
    bool return_sequences = false;
    bool go_backwards = false;
    bool stateful = false;
    bool use_bias = true;
    bool reset_after = true;
    bool masks_zero = false;
    double rate = 0; ///< dropout
    double recurrent_rate = 0;
    double epsilon = 1e-3;
    bool center = true;
    bool scale = true;
    std::string merge = "concat"; ///< of a bidirectional layer: concat, sum, mul, ave
    int axis = -1;                ///< of concatenate: 1 (time), -1 (features)
    int size = 0;                 ///< of pooling
    int strides = 0;
    bool same_padding = false;
    double mask_value = 0;
    std::string state{}; ///< of return_state: "h", "c", "forward_h", …
    CellExtras extras{};
    std::vector<Layer> inner{}; ///< both directions, stacked cells, what is time-distributed
    /// By role: kernel, recurrent_kernel, bias, recurrent_bias (of a GRU that resets after), embeddings,
    /// gamma, beta; and initial_h, initial_c, peephole_i, peephole_f, peephole_o of cells that have them.
    std::map<std::string, Tensor> weights{};

    bool is_cell() const { return kind == Kind::simple_rnn || kind == Kind::lstm || kind == Kind::gru; }
    /// True where Keras has no such cell, so that its equations are written out.
    bool is_own_cell() const;
    bool has(const std::string& role) const { return weights.contains(role); }
};

/// Layers in an order in which each reads what stands before it; the last one is the output.
struct Description {
    std::string origin{}; ///< what wrote the file: "Keras 3.15.1"
    std::vector<Layer> layers{};
    std::vector<std::string> notes{}; ///< what the file has and the declaration leaves out, for people
};

/// The layer of that name; null where there is none.
const Layer* find_layer(const Description& description, const std::string& name);

/// How the layer is declared: "lstm", "global_average_pooling1d".
const char* spelling(Kind kind);

/// "layer 'encoder' (lstm)", to begin an error with.
std::string label(const Layer& layer);

} // namespace timeloom::importing
