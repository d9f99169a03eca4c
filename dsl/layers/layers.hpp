// The layers a model is made of, as they are written. Sizes that follow from the layer before are inferred.
#pragma once

#include "timeloom/dsl/layers/layer_options.hpp"
#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/layers/option_list.hpp"
#include "timeloom/dsl/layers/parameter_options.hpp"

namespace timeloom::declaration {

namespace detail {

struct input_options : option_list<"ragged", ragged_t> {};
struct embedding_options : joined<option_list<"mask_zero", mask_zero_t>, embeddings_options> {};

/// What is wrong with an input and its options.
template <int Timesteps, int Features, class... Given>
struct input_arguments {
    static constexpr fault wrong() {
        const fault layer = sized("input", {Timesteps, Features});
        return first_of(
            Timesteps < 1 ? say(layer, ": time steps must be at least 1, but are ", Timesteps) : fault{},
            Features < 0 ? say(layer, ": features must not be negative, but are ", Features) : fault{},
            given_options<input_options, Given...>::wrong(layer));
    }
};
template <int Vocabulary, int Units, class... Given>
struct embedding_arguments {
    static constexpr fault wrong() {
        const fault layer = sized("embedding", {Vocabulary, Units});
        return first_of(Vocabulary < 1
                            ? say(layer, ": the vocabulary must have at least 1 token, but has ", Vocabulary)
                            : fault{},
                        Units < 1 ? say(layer, ": units must be at least 1, but are ", Units) : fault{},
                        given_options<embedding_options, Given...>::wrong(layer));
    }
};
template <int Features>
constexpr fault fault_of_vector_input() {
    return Features < 1 ? say("vector_input<", Features, ">: features must be at least 1, but are ", Features)
                        : fault{};
}

} // namespace detail

/// Sequences of token ids, or with `Features` of vectors. Option: ragged, for sequences of at most
/// `Timesteps`, whose lengths come with them.
template <int Timesteps, int Features = 0, class... Options>
constexpr auto input(const Options&...) {
    if constexpr (refuse<detail::input_arguments<Timesteps, Features, Options...>::wrong>()) {
        return input_layer<Timesteps, Features>{.is_ragged = detail::has<ragged_t, Options...>};
    } else {
        return refused{};
    }
}
template <class... Given>
constexpr refused input(const Given&...) {
    refuse<detail::sizes_missing<"input", "input<80>() or input<80, 3>()", Given...>>();
    return {};
}
/// One vector a sample, (batch, Features).
template <int Features>
constexpr auto vector_input() {
    if constexpr (refuse<detail::fault_of_vector_input<Features>>()) {
        return vector_input_layer<Features>{};
    } else {
        return refused{};
    }
}

/// Table of `Vocabulary` trained vectors; token i becomes row i. Options: mask_zero, embeddings_initializer,
/// embeddings_regularizer, embeddings_constraint.
template <int Vocabulary, int Units, class... Options>
constexpr auto embedding(const Options&... options) {
    if constexpr (refuse<detail::embedding_arguments<Vocabulary, Units, Options...>::wrong>()) {
        return embedding_layer<Vocabulary, Units>{
            .masks_zero = detail::has<mask_zero_t, Options...>,
            .rules = detail::rules_of<parameter_role::embeddings>(options...)};
    } else {
        return refused{};
    }
}
template <class... Given>
constexpr refused embedding(const Given&...) {
    refuse<detail::sizes_missing<"embedding", "embedding<10000, 100>(), vocabulary and units", Given...>>();
    return {};
}
template <int, class... Given>
constexpr refused embedding(const Given&...) {
    refuse<detail::sizes_missing<"embedding", "embedding<10000, 100>(), vocabulary and units", Given...>>();
    return {};
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

template <fixed_string Kind, int Units, class... Options>
constexpr auto over_time(const graph& cell, const Options&... options) {
    return recurrent_layer<Units, has<return_sequences_t, Options...>, Kind, has<go_backwards_t, Options...>>{
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

template <class Option>
inline constexpr bool is_activation = std::is_convertible_v<const Option&, activation>;

/// The error for a function given where options stand, as in lstm<4>(tanh). (Its name may be that of several
/// functions, which then have no type.)
template <fixed_string Name, int Units, class...>
constexpr fault activation_misplaced() {
    return Name.view() == "dense"
               ? say("dense<", Units, ">: its activation is one, and stands first, before its options")
               : say(Name.view(), "<", Units,
                     ">: a function is no option; write activation(f) or "
                     "recurrent_activation(f)");
}

template <int Units, class... Options>
constexpr dense_layer<Units> dense_of(activation a, const Options&... options) {
    return {.cell = dense_cell(a.function, bias_of(options...)), .rules = rules_of_weights(options...)};
}

/// The error for recurrent<units>(...) whose first argument is no cell.
template <int Units, class...>
constexpr fault cell_missing() {
    return say(
        "recurrent<", Units,
        ">: its first argument is a cell, such as cell<\"mgu\">([](inputs x, state<\"h\"> h) { ... })");
}

/// What is wrong with a dense layer and the options behind its activation.
template <int Units, class... Given>
struct dense_arguments {
    static constexpr fault wrong() {
        const fault layer = sized("dense", {Units});
        return first_of(
            (std::is_same_v<Given, softmax_t> || ...)
                ? say(layer, "(softmax): a softmax is a layer of its own behind it: ", layer, "(), softmax")
                : fault{},
            (is_activation<Given> || ...) ? activation_misplaced<"dense", Units>() : fault{},
            Units < 1 ? say(layer, ": units must be at least 1, but are ", Units) : fault{},
            given_options<dense_options, Given...>::wrong(layer));
    }
};

} // namespace detail

/// A recurrent layer over any cell. Options: return_sequences, go_backwards, stateful, dropout(rate),
/// recurrent_dropout(rate), truncate(steps), unroll(steps), and initializer, regularizer and constraint of
/// kernel, recurrent (kernel) and bias, as kernel_regularizer(l2(0.01)).
template <int Units, class... Options>
constexpr auto recurrent(const graph& cell, const Options&... options) {
    if constexpr (refuse<detail::layer_arguments<"recurrent", detail::recurrent_layer_options, Units,
                                                 Options...>::wrong>()) {
        return detail::over_time<"recurrent", Units>(cell, options...);
    } else {
        return refused{};
    }
}
template <int Units, class... Given>
constexpr refused recurrent(const Given&...) {
    refuse<detail::cell_missing<Units, Given...>>();
    return {};
}

/// Keras's SimpleRNN. Options: those of recurrent(), activation (tanh), use_bias (true).
template <int Units, class... Options>
constexpr auto simple_rnn(const Options&... options) {
    if constexpr (refuse<detail::layer_arguments<"simple_rnn", detail::simple_rnn_options, Units,
                                                 Options...>::wrong>()) {
        return detail::over_time<"simple_rnn", Units>(
            simple_rnn_cell(detail::activation_of(options...), detail::bias_of(options...)), options...);
    } else {
        return refused{};
    }
}
template <int Units, class... Given>
constexpr refused simple_rnn(activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"simple_rnn", Units, Given...>>();
    return {};
}
template <int Units, class First, class... Given>
constexpr refused simple_rnn(const First&, activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"simple_rnn", Units, Given...>>();
    return {};
}
template <class... Given>
constexpr refused simple_rnn(const Given&...) {
    refuse<detail::sizes_missing<"simple_rnn", "simple_rnn<64>()", Given...>>();
    return {};
}

/// Keras's LSTM. Options: those of simple_rnn(), recurrent_activation (sigmoid), unit_forget_bias (true).
template <int Units, class... Options>
constexpr auto lstm(const Options&... options) {
    if constexpr (refuse<detail::layer_arguments<"lstm", detail::lstm_options, Units, Options...>::wrong>()) {
        return detail::over_time<"lstm", Units>(
            lstm_cell(detail::activation_of(options...), detail::recurrent_activation_of(options...),
                      detail::option_or(unit_forget_bias, options...), detail::bias_of(options...)),
            options...);
    } else {
        return refused{};
    }
}
template <int Units, class... Given>
constexpr refused lstm(activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"lstm", Units, Given...>>();
    return {};
}
template <int Units, class First, class... Given>
constexpr refused lstm(const First&, activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"lstm", Units, Given...>>();
    return {};
}
template <class... Given>
constexpr refused lstm(const Given&...) {
    refuse<detail::sizes_missing<"lstm", "lstm<64>()", Given...>>();
    return {};
}

/// Keras's GRU. Options: those of simple_rnn(), recurrent_activation (sigmoid), reset_after (true).
template <int Units, class... Options>
constexpr auto gru(const Options&... options) {
    if constexpr (refuse<detail::layer_arguments<"gru", detail::gru_options, Units, Options...>::wrong>()) {
        const auto a = detail::activation_of(options...);
        const auto r = detail::recurrent_activation_of(options...);
        const auto bias = detail::bias_of(options...);
        const bool after = detail::option_or(reset_after(true), options...).value;
        return detail::over_time<"gru", Units>(
            after ? gru_cell(a, r, bias) : gru_reset_before_cell(a, r, bias), options...);
    } else {
        return refused{};
    }
}
template <int Units, class... Given>
constexpr refused gru(activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"gru", Units, Given...>>();
    return {};
}
template <int Units, class First, class... Given>
constexpr refused gru(const First&, activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"gru", Units, Given...>>();
    return {};
}
template <class... Given>
constexpr refused gru(const Given&...) {
    refuse<detail::sizes_missing<"gru", "gru<64>()", Given...>>();
    return {};
}

/// Drops a fraction of the values while training. As a layer of the model it stands between two others.
using dropout_layer = shape_keeping_layer<layer_kind::dropout>;
using softmax_layer = shape_keeping_layer<layer_kind::softmax_rows>;

/// Keras's Dense: activation(x·kernel + bias). The activation stands first or nowhere; a softmax is a layer
/// of its own behind it. Options: use_bias (true), and initializer, regularizer and constraint of kernel and
/// bias.
template <int Units, class... Options>
constexpr auto dense(activation a, const Options&... options) {
    if constexpr (refuse<detail::dense_arguments<Units, Options...>::wrong>()) {
        return detail::dense_of<Units>(a, options...);
    } else {
        return refused{};
    }
}
template <int Units, class... Options>
requires(!detail::is_activation<Options> && ...) constexpr auto dense(const Options&... options) {
    if constexpr (refuse<detail::dense_arguments<Units, Options...>::wrong>()) {
        return detail::dense_of<Units>(activation(linear), options...);
    } else {
        return refused{};
    }
}
template <int Units, class First, class... Given>
requires(!detail::is_activation<First>) constexpr refused
    dense(const First&, activation_function, const Given&...) {
    refuse<detail::activation_misplaced<"dense", Units, Given...>>();
    return {};
}
template <class... Given>
constexpr refused dense(const Given&...) {
    refuse<detail::sizes_missing<"dense", "dense<10>()", Given...>>();
    return {};
}

} // namespace timeloom::declaration
