// Four recurrent cells that no layer of Keras offers, each written as its equations.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace custom_cells {

using namespace timeloom::dsl;

/// An LSTM as a textbook misprints it: nothing ever forgets c, and the output shows c as it was before the
/// step.
inline constexpr auto misprinted_lstm =
    cell<"misprinted_lstm">(gates<"i", "g", "o">, [](inputs x, state<"h"> h, state<"c"> c) {
        const auto i = sigmoid(affine<"i">(x, h));
        const auto g = tanh(affine<"g">(x, h));
        const auto o = sigmoid(affine<"o">(x, h));
        return next(h = o * tanh(c), c = c + i * g);
    });

/// Gers and Schmidhuber 2000, "Recurrent nets that time and count": the gates also see c, each unit its own,
/// through one weight (a peephole); the output gate sees the c that it lets out.
inline constexpr auto peephole_lstm = cell<"peephole_lstm">(
    gates<"i", "f", "c", "o">,
    [](inputs x, state<"h"> h, state<"c"> c, weights<"p_i"> p_i, weights<"p_f"> p_f, weights<"p_o"> p_o) {
        const auto i = sigmoid(affine<"i">(x, h) + p_i * c);
        const auto f = sigmoid(affine<"f">(unit_forget_bias, x, h) + p_f * c);
        const auto g = tanh(affine<"c">(x, h));
        const auto c_next = f * c + i * g;
        const auto o = sigmoid(affine<"o">(x, h) + p_o * c_next);
        return next(h = o * tanh(c_next), c = c_next);
    });

/// Zhou, Wu, Zhang and Zhou 2016, "Minimal gated unit for recurrent neural networks": one gate that both
/// resets and updates.
inline constexpr auto minimal_gated_unit = cell<"minimal_gated_unit">([](inputs x, state<"h"> h) {
    const auto f = sigmoid(affine<"f">(x, h));
    const auto candidate = tanh(affine<"h">(x, f * h));
    return next(h = (1 - f) * h + f * candidate);
});

/// Greff, Srivastava, Koutník, Steunebrink and Schmidhuber 2017, "LSTM: a search space odyssey" (their CIFG):
/// what is forgotten is what is written, so that one gate does both.
inline constexpr auto coupled_gates_lstm =
    cell<"coupled_gates_lstm">(gates<"f", "c", "o">, [](inputs x, state<"h"> h, state<"c"> c) {
        const auto f = sigmoid(affine<"f">(unit_forget_bias, x, h));
        const auto g = tanh(affine<"c">(x, h));
        const auto o = sigmoid(affine<"o">(x, h));
        const auto c_next = f * c + (1 - f) * g;
        return next(h = o * tanh(c_next), c = c_next);
    });

} // namespace custom_cells
