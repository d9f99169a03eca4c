// A layer of a model: what it is, what it reads, where its parameters lie.
#pragma once

#include "timeloom/runtime/plan/cell.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

enum class LayerKind : std::uint8_t {
    embedding,           ///< row lookup: token ids → vectors
    cell,                ///< a cell over time: recurrent layers; without states also dense
    dropout,             ///< zeroes values while training
    softmax_rows,        ///< exp(x) / Σ exp(x) over the features
    repeat,              ///< the input at every time step
    flatten,             ///< all time steps side by side
    layer_normalization, ///< every vector with mean 0 and variance 1, scaled and shifted
    join,                ///< makes one value of several, as `merge` says
    masking,             ///< the input, with its steps masked that hold one value only
    final_state,         ///< a state of a recurrent layer after the last step
    pooling              ///< the largest or the mean value of windows of time
};

/// How several values become one: side by side, value by value, or one behind the other in time.
enum class MergeMode : std::uint8_t { concat, sum, mul, ave, sub, concat_time };

/// What a layer reads. Nodes are numbered from 0: first the model's inputs, then its layers in their order.
struct ValueSource {
    int node = 0;
    bool reversed = false; ///< its last time step first
};

/// Where a state starts: state `state` of a recurrent layer after its last step, or, where that is -1, the
/// vector that the node hands on.
struct StateSource {
    int node = 0;
    int state = -1;
    bool operator==(const StateSource&) const = default;
};

/// The options of a layer_normalization.
struct Normalization {
    double epsilon = 1e-3;
    bool center = true; ///< adds beta
    bool scale = true;  ///< multiplies by gamma
};

/// The options of a pooling layer.
struct Pooling {
    bool maximum = false;      ///< the largest value of a window instead of the mean
    int size = 0;              ///< time steps of a window; 0: all there are
    int strides = 1;           ///< time steps from one window to the next
    bool same_padding = false; ///< windows may reach beyond both ends, where there is nothing
    bool operator==(const Pooling&) const = default;

    /// Windows in a sequence of so many time steps.
    constexpr int windows(int timesteps) const {
        return size == 0      ? 1
               : same_padding ? (timesteps + strides - 1) / strides
                              : (timesteps - size) / strides + 1;
    }
};

struct Layer {
    LayerKind kind = LayerKind::cell;
    std::string_view name{};
    std::string_view type{}; ///< Keras's name for the kind of layer
    int timesteps = 1;
    int features = 0; ///< width of the input; for an embedding the number of rows
    int units = 0;    ///< width of the output
    std::span<const ValueSource> reads{};
    std::span<const StateSource> initial_states{}; ///< none: zeros
    bool return_sequences = true;                  ///< false: only the last time step is handed on
    bool go_backwards = false; ///< the cell reads the time steps from the last to the first
    bool stateful = false;     ///< a batch goes on with the states that the batch before ended with
    bool makes_mask = false;   ///< of an embedding: token 0 is masked
    int unroll = 1;
    int truncate = 0;          ///< gradients flow back through windows of so many steps; 0: through all
    double rate = 0;           ///< dropout: of the layer itself, or of a recurrent layer's input
    double recurrent_rate = 0; ///< dropout of the states that a recurrent layer's matrices multiply
    float mask_value = 0;      ///< of masking
    int state = 0;             ///< of final_state: its number
    MergeMode merge = MergeMode::concat;
    bool zeroes_masked = false; ///< of a join: zeros at masked steps, as in Keras's Bidirectional
    Normalization normalized{};
    Pooling pooled{};
    int kernels_of = 0;    ///< layer whose kernels it calls: itself, or the first that has the same
    int parameters_of = 0; ///< layer whose parameters it reads: itself, or the one it shares them with
    bool has_parameters = false;
    std::size_t vectors =
        0; ///< where its vectors lie in the model's buffer, one after the other; or its table
    Cell cell{};

    /// Time steps of what the layer hands on.
    constexpr int output_timesteps() const { return return_sequences ? timesteps : 1; }
    /// True if that is a sequence, (batch, timesteps, units), be it of one step, and not a vector.
    constexpr bool hands_on_sequence(bool reads_sequence) const {
        switch (kind) {
        case LayerKind::repeat:
            return true;
        case LayerKind::flatten:
        case LayerKind::final_state:
            return false;
        case LayerKind::pooling:
            return reads_sequence && pooled.size > 0;
        default:
            return reads_sequence && return_sequences;
        }
    }
    /// The name that it has in the declaration: what a layer wraps is called <name>/….
    constexpr std::string_view declared_name() const { return name.substr(0, name.find('/')); }
};

/// Calls f(name, member of a, member of b) for every option that a declared layer (declaration::layer) and
/// its plan have in common. Code generation copies what stands here into the plan, and generators write it:
/// an option that is missing here keeps its default in every program.
template <class A, class B, class F>
constexpr void for_each_option(A& a, B& b, F&& f) {
    f("return_sequences", a.return_sequences, b.return_sequences);
    f("go_backwards", a.go_backwards, b.go_backwards);
    f("stateful", a.stateful, b.stateful);
    f("makes_mask", a.makes_mask, b.makes_mask);
    f("unroll", a.unroll, b.unroll);
    f("truncate", a.truncate, b.truncate);
    f("rate", a.rate, b.rate);
    f("recurrent_rate", a.recurrent_rate, b.recurrent_rate);
    f("mask_value", a.mask_value, b.mask_value);
    f("state", a.state, b.state);
    f("merge", a.merge, b.merge);
    f("zeroes_masked", a.zeroes_masked, b.zeroes_masked);
}

} // namespace timeloom::plan
