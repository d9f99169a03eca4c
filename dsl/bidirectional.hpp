// bidirectional(layer, merge): a recurrent layer over the sequence and a copy of it over the reversed one.
#pragma once

#include "timeloom/dsl/layer_types.hpp"

#include <array>
#include <stdexcept>

namespace timeloom::dsl {

/// How the outputs of the two directions become one.
namespace merge {

template <merge_mode Mode>
struct option {};
inline constexpr option<merge_mode::concat> concat{}; ///< side by side, the forward one first
inline constexpr option<merge_mode::sum> sum{};
inline constexpr option<merge_mode::mul> mul{};
inline constexpr option<merge_mode::ave> ave{}; ///< their mean

} // namespace merge

/// Two copies of `inner`, each with parameters of its own.
template <class Inner, merge_mode Mode>
struct bidirectional_layer {
    static constexpr int width = Mode == merge_mode::concat ? 2 * Inner::width : Inner::width;
    Inner inner;

    template <int Position, class Shape>
    struct after : Inner::template after<Position, Shape> {
        using output = with_features<typename Inner::template after<Position, Shape>::output, width>;
    };
    template <class Shape>
    constexpr long parameters() const {
        return 2 * inner.template parameters<Shape>();
    }
    /// The forward copy, the backward copy, and what merges them.
    template <class Shape>
    std::array<layer, 3> describe() const {
        layer forward = inner.template describe<Shape>();
        layer backward = forward;
        backward.go_backwards = true;
        backward.kernels_before = 1;
        const layer merged{.kind = layer_kind::join,
                           .name = "bidirectional",
                           .timesteps = forward.output_timesteps(),
                           .features = Inner::width,
                           .units = width,
                           .merge = Mode,
                           .zeroes_masked = true};
        return {forward, backward, merged};
    }
};

/// Keras's Bidirectional over a recurrent layer. With return_sequences the outputs of the backward copy are
/// put back into the order of the forward copy's, with zeros at masked steps; without it each direction hands
/// on its last output.
template <class Layer, merge_mode Mode = merge_mode::concat>
constexpr bidirectional_layer<Layer, Mode> bidirectional(const Layer& layer, merge::option<Mode> = {}) {
    static_assert(is_recurrent<Layer>,
                  "bidirectional: needs a recurrent layer: recurrent, simple_rnn, lstm or gru");
    if (layer.backwards) {
        throw std::invalid_argument("timeloom: bidirectional wraps a layer without go_backwards");
    }
    return {.inner = layer};
}

} // namespace timeloom::dsl
