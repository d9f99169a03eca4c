// Models that have what the others lack.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

/// Dropout of both kinds, a softmax, an output at every time step.
inline constexpr auto tagger = sequential( //
    input<7, 3>(),                         //
    gru<5>(return_sequences, dropout(0.25), reset_after(false)), dropout(0.25), dense<4>(), softmax);

/// Both directions, in two layers, with dropout: outputs as those of `tagger`.
inline constexpr auto both_ways =
    sequential(input<7, 3>(), bidirectional(gru<5>(return_sequences, dropout(0.25))), dropout(0.25),
               bidirectional(lstm<3>(return_sequences, dropout(0.25)), merge::sum), dense<4>(), softmax);

/// States kept from batch to batch; a function that is a layer.
inline constexpr auto ongoing = sequential(input<7, 3>(), lstm<5>(return_sequences, stateful),
                                           bidirectional(gru<3>(return_sequences, stateful)),
                                           time_distributed(dense<4>()), activation(tanh), softmax);

/// States kept from batch to batch, and steps that a stream can follow.
inline constexpr auto remembering =
    sequential(input<7, 3>(), lstm<5>(return_sequences, stateful), time_distributed(dense<2>()));

/// An output that is no state, of which only the last one is handed on.
inline constexpr auto gated_output = cell<"gated_output">([](inputs x, state<"h"> h) {
    const auto next_h = tanh(affine<"h">(x, h));
    return output(next_h * sigmoid(affine<"o">(next_h)), next(h = next_h));
});
/// More words than a batch of few rows names.
inline constexpr auto many_words = sequential(input<3>(), embedding<150, 3>(), lstm<4>(), dense<1>(sigmoid));

/// A cell whose products with the input stand alone, and are multiplied together.
inline constexpr auto input_gated = cell<"input_gated">([](inputs x, state<"h"> h, weights<"u"> u) {
    return next(h = tanh(product<"c">(x) * sigmoid(affine<"i">(x, h)) + u * h));
});
/// An embedding that all kinds of cells read, and nothing else does.
inline constexpr auto words_of_cells =
    functional(input<9>(), named<"words">(embedding<300, 5>(mask_zero)),
               named<"both">(bidirectional(gru<5>(return_sequences))),
               named<"own">(recurrent<7>(input_gated, return_sequences, truncate(4)), reads<"words">),
               named<"back">(lstm<17>(go_backwards, return_sequences), reads<"words">),
               named<"point">(dense<3>(tanh), reads<"words">), concatenate<"both", "own", "back", "point">(),
               dense<2>());
/// The same with layers that need every step of it.
inline constexpr auto words_of_all =
    functional(input<9>(), named<"words">(embedding<40, 5>()), named<"cells">(lstm<6>(return_sequences)),
               concatenate<"words", "cells">(), dense<2>());
/// Dropout makes equal words different in training.
inline constexpr auto words_dropped =
    sequential(input<9>(), embedding<40, 5>(), simple_rnn<4>(return_sequences, dropout(0.5)), dense<2>());

/// More weights than fit into a core's cache beside what a group of few rows needs.
inline constexpr auto wide = sequential(input<3, 2>(), lstm<192>(), dense<1>());

inline constexpr auto gated = sequential(input<5, 2>(), recurrent<4>(gated_output), dense<1>());

} // namespace timeloom::tests
