// Cells that the tests declare themselves, each with something that the library's own cells lack.
#pragma once

#include "timeloom/dsl/dsl.hpp"

namespace timeloom::tests {

using namespace timeloom::declaration;

/// Gers & Schmidhuber 2000: the gates also see the cell state, through a vector each.
inline constexpr graph peephole_lstm_cell = cell<"peephole_lstm">(
    gates<"i", "f", "c", "o">,
    [](inputs x, state<"h"> h, state<"c"> c, weights<"p_i"> p_i, weights<"p_f"> p_f, weights<"p_o"> p_o) {
        const auto i = sigmoid(affine<"i">(x, h) + p_i * c);
        const auto f = sigmoid(affine<"f">(unit_forget_bias, x, h) + p_f * c);
        const auto c_next = f * c + i * tanh(affine<"c">(x, h));
        const auto o = sigmoid(affine<"o">(x, h) + p_o * c_next);
        return next(h = o * tanh(c_next), c = c_next);
    });

/// Four states, three of which only hand on what another one held, in another order than they are declared.
inline constexpr graph delay_cell =
    cell<"delay">([](inputs x, state<"a"> a, state<"b"> b, state<"c"> c, state<"d"> d) {
        return next(c = b, a = tanh(affine<"a">(x, d)), d = c, b = a);
    });

/// An output that is no state, and products of products.
inline constexpr graph chain_cell = cell<"chain">([](inputs x, state<"h"> h) {
    const auto first = relu(affine<"first">(x, h));
    const auto second = tanh(affine<"second">(first));
    const auto third = sigmoid(product<"third">(second, h));
    return output(third * second, next(h = 0.5 * h + second));
});

/// One matrix in two sums.
inline constexpr graph shared_cell = cell<"shared">([](inputs x, state<"h"> h) {
    const auto once = affine<"s">(x, h);
    const auto twice = product<"s">(h);
    return next(h = tanh(once) * sigmoid(twice) - min(x, h) / (1 + exp(once)));
});

} // namespace timeloom::tests
