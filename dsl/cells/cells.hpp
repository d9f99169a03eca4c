// SimpleRNN, LSTM and GRU, written as their equations; gates are declared in Keras's order. Without biases
// affine is a product.
#pragma once

#include "timeloom/dsl/cells/cell.hpp"

namespace timeloom::declaration {

/// h = activation(x·W + h·U + b)
constexpr graph simple_rnn_cell(activation_function activation = tanh, use_bias bias = use_bias(true)) {
    return cell<"simple_rnn">(
        [=](inputs x, state<"h"> h) { return next(h = activation(affine<"h">(bias, x, h))); });
}

/// Hochreiter & Schmidhuber 1997 with a forget gate (Gers et al. 2000): gates i, f, c, o as in Keras.
constexpr graph lstm_cell(activation_function activation = tanh,
                          activation_function recurrent_activation = sigmoid,
                          unit_forget_bias_t forget_bias = unit_forget_bias, use_bias bias = use_bias(true)) {
    return cell<"lstm">(gates<"i", "f", "c", "o">, [=](inputs x, state<"h"> h, state<"c"> c) {
        const auto i = recurrent_activation(affine<"i">(bias, x, h));
        const auto f = recurrent_activation(bias.value ? affine<"f">(forget_bias, x, h) : product<"f">(x, h));
        const auto g = activation(affine<"c">(bias, x, h));
        const auto o = recurrent_activation(affine<"o">(bias, x, h));
        const auto c_next = f * c + i * g;
        return next(h = o * activation(c_next), c = c_next);
    });
}

/// Cho et al. 2014, with the reset gate after the recurrent product (Keras's default, and cuDNN's): gates z,
/// r, h. Both products have a bias of their own.
constexpr graph gru_cell(activation_function activation = tanh,
                         activation_function recurrent_activation = sigmoid, use_bias bias = use_bias(true)) {
    return cell<"gru">(gates<"z", "r", "h">, [=](inputs x, state<"h"> h) {
        const auto z = recurrent_activation(affine<"z">(bias, x) + affine<"z">(bias, h));
        const auto r = recurrent_activation(affine<"r">(bias, x) + affine<"r">(bias, h));
        const auto candidate = activation(affine<"h">(bias, x) + r * affine<"h">(bias, h));
        return next(h = z * h + (1 - z) * candidate);
    });
}

/// Cho et al. 2014 as published: the reset gate multiplies the state before the recurrent product.
constexpr graph gru_reset_before_cell(activation_function activation = tanh,
                                      activation_function recurrent_activation = sigmoid,
                                      use_bias bias = use_bias(true)) {
    return cell<"gru_reset_before">(gates<"z", "r", "h">, [=](inputs x, state<"h"> h) {
        const auto z = recurrent_activation(affine<"z">(bias, x, h));
        const auto r = recurrent_activation(affine<"r">(bias, x, h));
        const auto candidate = activation(affine<"h">(bias, x, r * h));
        return next(h = z * h + (1 - z) * candidate);
    });
}

/// activation(x·kernel + bias): what a dense layer computes, a cell without states.
constexpr graph dense_cell(activation_function activation = linear, use_bias bias = use_bias(true)) {
    return cell<"dense">([=](inputs x) { return output(activation(affine<"y">(bias, x))); });
}

} // namespace timeloom::declaration
