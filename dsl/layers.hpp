// The layers a model is made of, as they are written. Sizes that follow from the layer before are inferred.
#pragma once

#include "timeloom/dsl/layer_options.hpp"
#include "timeloom/dsl/layer_types.hpp"

namespace timeloom::dsl {

template <int Timesteps, int Features = 0>
constexpr input_layer<Timesteps, Features> input() {
    return {};
}
/// Sequences of at most `Timesteps`, whose lengths come with them.
template <int Timesteps, int Features = 0>
constexpr input_layer<Timesteps, Features> input(ragged_t) {
    return {.is_ragged = true};
}
/// One vector a sample, (batch, Features).
template <int Features>
constexpr vector_input_layer<Features> vector_input() {
    return {};
}

/// Table of `Vocabulary` trained vectors; token i becomes row i.
template <int Vocabulary, int Units>
constexpr embedding_layer<Vocabulary, Units> embedding() {
    return {};
}
template <int Vocabulary, int Units>
constexpr embedding_layer<Vocabulary, Units> embedding(mask_zero_t) {
    return {.masks_zero = true};
}

namespace detail {

template <int Units, class... Options>
constexpr auto over_time(const graph& cell, const Options&... options) {
    return recurrent_layer<Units, has<return_sequences_t, Options...>>{
        .cell = cell,
        .input_dropout = option_or(dropout(0), options...).rate,
        .state_dropout = option_or(recurrent_dropout(0), options...).rate,
        .unrolled = option_or(unroll(1), options...).factor,
        .window = option_or(truncate_t{}, options...).window,
        .backwards = has<go_backwards_t, Options...>,
        .keeps_states = has<stateful_t, Options...>};
}

template <class Option, class... More>
inline constexpr bool is_recurrent_option = has<Option, return_sequences_t, go_backwards_t, stateful_t,
                                                dropout, recurrent_dropout, truncate_t, unroll, More...>;

} // namespace detail

/// A recurrent layer over any cell. Options: return_sequences, go_backwards, stateful, dropout(rate),
/// recurrent_dropout(rate), truncate(steps), unroll(steps).
template <int Units, class... Options>
constexpr auto recurrent(const graph& cell, const Options&... options) {
    static_assert((detail::is_recurrent_option<Options> && ...),
                  "recurrent: the options are return_sequences, go_backwards, stateful, dropout(rate), "
                  "recurrent_dropout(rate), truncate(steps) and unroll(steps)");
    return detail::over_time<Units>(cell, options...);
}

/// Keras's SimpleRNN. Options: those of recurrent(), activation (tanh).
template <int Units, class... Options>
constexpr auto simple_rnn(const Options&... options) {
    static_assert((detail::is_recurrent_option<Options, activation> && ...),
                  "simple_rnn: the options are return_sequences, go_backwards, stateful, dropout(rate), "
                  "recurrent_dropout(rate), truncate(steps), unroll(steps) and activation(f)");
    return detail::over_time<Units>(simple_rnn_cell(detail::option_or(activation(tanh), options...).function),
                                    options...);
}

/// Keras's LSTM. Options: those of recurrent(), activation (tanh), recurrent_activation (sigmoid).
template <int Units, class... Options>
constexpr auto lstm(const Options&... options) {
    static_assert(
        (detail::is_recurrent_option<Options, activation, recurrent_activation> && ...),
        "lstm: the options are return_sequences, go_backwards, stateful, dropout(rate), "
        "recurrent_dropout(rate), truncate(steps), unroll(steps), activation(f) and recurrent_activation(f)");
    return detail::over_time<Units>(
        lstm_cell(detail::option_or(activation(tanh), options...).function,
                  detail::option_or(recurrent_activation(sigmoid), options...).function),
        options...);
}

/// Keras's GRU. Options: those of recurrent(), activation (tanh), recurrent_activation (sigmoid), reset_after
/// (true).
template <int Units, class... Options>
constexpr auto gru(const Options&... options) {
    static_assert(
        (detail::is_recurrent_option<Options, activation, recurrent_activation, reset_after> && ...),
        "gru: the options are return_sequences, go_backwards, stateful, dropout(rate), "
        "recurrent_dropout(rate), truncate(steps), unroll(steps), activation(f), recurrent_activation(f) and "
        "reset_after(bool)");
    const auto a = detail::option_or(activation(tanh), options...).function;
    const auto r = detail::option_or(recurrent_activation(sigmoid), options...).function;
    const bool after = detail::option_or(reset_after(true), options...).value;
    return detail::over_time<Units>(after ? gru_cell(a, r) : gru_reset_before_cell(a, r), options...);
}

/// Drops a fraction of the values while training. As a layer of the model it stands between two others.
using dropout_layer = shape_keeping_layer<layer_kind::dropout>;
using softmax_layer = shape_keeping_layer<layer_kind::softmax_rows>;

/// Keras's Dense: activation(x·kernel + bias). A softmax is a layer of its own behind it.
template <int Units>
constexpr dense_layer<Units> dense(activation a = linear) {
    return {.cell = dense_cell(a.function)};
}

} // namespace timeloom::dsl
