// Models that tell a positive film review from a negative one: Keras's layers over word embeddings.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace imdb {

using namespace timeloom::dsl;

inline constexpr int words = 10'000;
inline constexpr int tokens = 80;

/// Two recurrent layers of 64 units over the words' vectors, and the probability of a positive review.
constexpr auto two_layers(const auto& first, const auto& second) {
    return sequential(input<tokens>(), embedding<words, 100>(), first, second, dense<1>(sigmoid));
}

inline constexpr auto rnn_layer = two_layers(       //
    simple_rnn<64>(return_sequences, dropout(0.5)), //
    simple_rnn<64>(dropout(0.5)));

inline constexpr auto lstm_layer = two_layers( //
    lstm<64>(return_sequences, dropout(0.5)),  //
    lstm<64>(dropout(0.5)));

inline constexpr auto gru_layer = two_layers( //
    gru<64>(return_sequences, dropout(0.5)),  //
    gru<64>(dropout(0.5)));

/// The same network, whose cells the program drives through the words itself: see word_by_word.hpp.
constexpr auto two_cells(const auto& first, const auto& second) {
    return sequential(input<tokens>(), embedding<words, 100>(), named<"first_cell">(first),
                      named<"second_cell">(second), dense<1>(sigmoid));
}

inline constexpr auto rnn_cell = two_cells(         //
    simple_rnn<64>(return_sequences, dropout(0.2)), //
    simple_rnn<64>(dropout(0.2)));

inline constexpr auto lstm_cell = two_cells(  //
    lstm<64>(return_sequences, dropout(0.5)), //
    lstm<64>(dropout(0.5)));

inline constexpr auto gru_cell = two_cells(  //
    gru<64>(return_sequences, dropout(0.5)), //
    gru<64>(dropout(0.5)));

inline constexpr int long_tokens = 200;

inline constexpr auto bilstm = sequential( //
    input<long_tokens>(),                  //
    embedding<words, 128>(),               //
    bidirectional(lstm<64>()),             //
    dropout(0.5),                          //
    dense<1>(sigmoid));

} // namespace imdb
