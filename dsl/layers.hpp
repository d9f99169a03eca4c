// The layers a model is made of, as they are written. Sizes that follow from the layer before are inferred.
#pragma once

#include "timeloom/dsl/layer_options.hpp"
#include "timeloom/dsl/layer_types.hpp"
#include "timeloom/dsl/option_list.hpp"
#include "timeloom/dsl/parameter_options.hpp"

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

namespace detail {

struct embedding_options : joined<option_list<"mask_zero", mask_zero_t>, embeddings_options> {};

} // namespace detail

/// Table of `Vocabulary` trained vectors; token i becomes row i. Options: mask_zero, embeddings_initializer,
/// embeddings_regularizer, embeddings_constraint.
template <int Vocabulary, int Units, class... Options>
constexpr embedding_layer<Vocabulary, Units> embedding(const Options&... options) {
    check_options<"embedding", detail::embedding_options, Options...>();
    return {.masks_zero = detail::has<mask_zero_t, Options...>,
            .rules = detail::rules_of<parameter_role::embeddings>(options...)};
}

namespace detail {

struct recurrent_layer_options
    : joined<option_list<"return_sequences, go_backwards, stateful, dropout(rate), recurrent_dropout(rate), "
                         "truncate(steps), unroll(steps)",
                         return_sequences_t, go_backwards_t, stateful_t, dropout, recurrent_dropout,
                         truncate_t, unroll>,
             kernel_options, recurrent_options, bias_options> {};
struct simple_rnn_options : joined<recurrent_layer_options::list,
                                   option_list<"activation(f), use_bias(bool)", activation, use_bias>> {};
struct lstm_options
    : joined<simple_rnn_options::list, option_list<"recurrent_activation(f), unit_forget_bias(bool)",
                                                   recurrent_activation, unit_forget_bias_t>> {};
struct gru_options
    : joined<simple_rnn_options::list,
             option_list<"recurrent_activation(f), reset_after(bool)", recurrent_activation, reset_after>> {};
struct dense_options : joined<option_list<"use_bias(bool)", use_bias>, kernel_options, bias_options> {};

template <int Units, class... Options>
constexpr auto over_time(const graph& cell, const Options&... options) {
    return recurrent_layer<Units, has<return_sequences_t, Options...>>{
        .cell = cell,
        .input_dropout = option_or(dropout(0), options...).rate,
        .state_dropout = option_or(recurrent_dropout(0), options...).rate,
        .unrolled = option_or(unroll(1), options...).factor,
        .window = option_or(truncate_t{}, options...).window,
        .backwards = has<go_backwards_t, Options...>,
        .keeps_states = has<stateful_t, Options...>,
        .rules = rules_of_weights(options...)};
}

/// The options that cells take, or Keras's defaults.
template <class... Options>
constexpr activation_function activation_of(const Options&... options) {
    return option_or(activation(tanh), options...).function;
}
template <class... Options>
constexpr activation_function recurrent_activation_of(const Options&... options) {
    return option_or(recurrent_activation(sigmoid), options...).function;
}
template <class... Options>
constexpr use_bias bias_of(const Options&... options) {
    return option_or(use_bias(true), options...);
}

} // namespace detail

/// A recurrent layer over any cell. Options: return_sequences, go_backwards, stateful, dropout(rate),
/// recurrent_dropout(rate), truncate(steps), unroll(steps), and initializer, regularizer and constraint of
/// kernel, recurrent (kernel) and bias, as kernel_regularizer(l2(0.01)).
template <int Units, class... Options>
constexpr auto recurrent(const graph& cell, const Options&... options) {
    check_options<"recurrent", detail::recurrent_layer_options, Options...>();
    return detail::over_time<Units>(cell, options...);
}

/// Keras's SimpleRNN. Options: those of recurrent(), activation (tanh), use_bias (true).
template <int Units, class... Options>
constexpr auto simple_rnn(const Options&... options) {
    check_options<"simple_rnn", detail::simple_rnn_options, Options...>();
    return detail::over_time<Units>(
        simple_rnn_cell(detail::activation_of(options...), detail::bias_of(options...)), options...);
}

/// Keras's LSTM. Options: those of simple_rnn(), recurrent_activation (sigmoid), unit_forget_bias (true).
template <int Units, class... Options>
constexpr auto lstm(const Options&... options) {
    check_options<"lstm", detail::lstm_options, Options...>();
    return detail::over_time<Units>(
        lstm_cell(detail::activation_of(options...), detail::recurrent_activation_of(options...),
                  detail::option_or(unit_forget_bias, options...), detail::bias_of(options...)),
        options...);
}

/// Keras's GRU. Options: those of simple_rnn(), recurrent_activation (sigmoid), reset_after (true).
template <int Units, class... Options>
constexpr auto gru(const Options&... options) {
    check_options<"gru", detail::gru_options, Options...>();
    const auto a = detail::activation_of(options...);
    const auto r = detail::recurrent_activation_of(options...);
    const auto bias = detail::bias_of(options...);
    const bool after = detail::option_or(reset_after(true), options...).value;
    return detail::over_time<Units>(after ? gru_cell(a, r, bias) : gru_reset_before_cell(a, r, bias),
                                    options...);
}

/// Drops a fraction of the values while training. As a layer of the model it stands between two others.
using dropout_layer = shape_keeping_layer<layer_kind::dropout>;
using softmax_layer = shape_keeping_layer<layer_kind::softmax_rows>;

/// Keras's Dense: activation(x·kernel + bias). A softmax is a layer of its own behind it. Options:
/// use_bias (true), and initializer, regularizer and constraint of kernel and bias.
template <int Units, class... Options>
constexpr dense_layer<Units> dense(activation a, const Options&... options) {
    check_options<"dense", detail::dense_options, Options...>();
    return {.cell = dense_cell(a.function, detail::bias_of(options...)),
            .rules = detail::rules_of_weights(options...)};
}

/// The activation stands first or nowhere.
template <int Units, class... Options>
requires(!std::is_convertible_v<const Options&, activation> &&
         ...) constexpr dense_layer<Units> dense(const Options&... options) {
    return dense<Units>(activation(linear), options...);
}

} // namespace timeloom::dsl
