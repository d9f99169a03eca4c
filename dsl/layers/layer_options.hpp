// What can be said about a layer besides its size.
#pragma once

#include "timeloom/dsl/cells/affine.hpp"
#include "timeloom/dsl/cells/ops.hpp"
#include "timeloom/dsl/layers/option_list.hpp"

#include <type_traits>

namespace timeloom::declaration {

struct return_sequences_t {};
/// Hand on the output of every time step, not only of the last.
inline constexpr return_sequences_t return_sequences{};

struct go_backwards_t {};
/// Read the sequence from its last time step to its first; outputs come in the order in which they are
/// computed, each masked where the step is that it was computed at (Keras hands on the mask of the sequence
/// as it was, which then belongs to other steps).
inline constexpr go_backwards_t go_backwards{};

struct stateful_t {};
/// Begin a batch with the states that the batch before ended with, row by row, instead of zeros.
inline constexpr stateful_t stateful{};

/// As a layer: zeroes the given fraction of values while training and scales the rest by 1 / (1 − rate). As
/// an option of a recurrent layer: the same on its input, with one mask for all time steps of a sequence
/// (Keras's `dropout`).
struct dropout {
    double rate;
    constexpr explicit dropout(double fraction) : rate(fraction) {
        if (fraction < 0 || fraction >= 1) {
            static_cast<void>(not_meant<sentence<"dropout: a rate is at least 0 and below 1">>{});
        }
    }
};

/// The same on the states (and computed values) that a recurrent layer's matrices multiply: one mask for all
/// time steps and all gates of a sequence (Keras's recurrent_dropout draws one for each gate).
struct recurrent_dropout : dropout {
    using dropout::dropout;
};

struct truncate_t {
    int window = 0; ///< 0: no windows
};
/// Truncated backpropagation through time: states are carried on, gradients flow back only within windows of
/// so many time steps, counted from the first. A function, so that POSIX's truncate() does not hide it.
constexpr truncate_t truncate(int timesteps) {
    if (timesteps < 1) {
        static_cast<void>(not_meant<sentence<"truncate: windows have at least one time step">>{});
    }
    return {timesteps};
}

struct mask_zero_t {};
/// An option of embedding: token 0 is padding, and time steps that hold it are masked.
inline constexpr mask_zero_t mask_zero{};

struct ragged_t {};
/// An option of input: every sample has a length of its own, and the time steps beyond it are masked.
inline constexpr ragged_t ragged{};

/// Time steps per round of the kernel's loop over time.
struct unroll {
    int factor;
    constexpr explicit unroll(int steps) : factor(steps) {
        if (steps < 1) {
            static_cast<void>(
                not_meant<sentence<"unroll: a round of the loop has at least one time step">>{});
        }
    }
};

struct softmax_t {};
/// exp(x) / Σ exp(x) over the features: for the last dense layer of a classifier.
inline constexpr softmax_t softmax{};

namespace detail {

/// What is wrong with the argument of an activation.
template <fixed_string Name, class Given>
constexpr fault function_missing() {
    return std::is_same_v<Given, softmax_t>
               ? say(Name.view(), "(softmax): softmax reads all units at once, so it is a layer of its own, "
                                  "behind dense: dense<4>(), softmax")
               : say(Name.view(), "(f): f is none of linear, sigmoid, tanh, relu, softplus, exp, abs, and no "
                                  "function expr f(const expr&)");
}

} // namespace detail

/// The activation of a layer; any unary function of expressions will do.
struct activation {
    activation_function function;
    constexpr activation(activation_function f) : function(f) {}
    template <class Given>
    requires(!std::is_convertible_v<Given, activation_function>) constexpr explicit activation(const Given&)
        : function(linear) {
        refuse<detail::function_missing<"activation", Given>>();
    }
};
/// The activation of the gates.
struct recurrent_activation {
    activation_function function;
    constexpr recurrent_activation(activation_function f) : function(f) {}
    template <class Given>
    requires(!std::is_convertible_v<Given, activation_function>) constexpr explicit recurrent_activation(
        const Given&)
        : function(linear) {
        refuse<detail::function_missing<"recurrent_activation", Given>>();
    }
};

/// Whether the reset gate of a GRU comes after the recurrent product (Keras's default) or before it (as
/// published).
struct reset_after {
    bool value;
    constexpr explicit reset_after(bool after) : value(after) {}
};

namespace detail {

template <>
inline constexpr std::string_view option_name<return_sequences_t> = "return_sequences";
template <>
inline constexpr std::string_view option_name<go_backwards_t> = "go_backwards";
template <>
inline constexpr std::string_view option_name<stateful_t> = "stateful";
template <>
inline constexpr std::string_view option_name<dropout> = "dropout(rate)";
template <>
inline constexpr std::string_view option_name<recurrent_dropout> = "recurrent_dropout(rate)";
template <>
inline constexpr std::string_view option_name<truncate_t> = "truncate(steps)";
template <>
inline constexpr std::string_view option_name<mask_zero_t> = "mask_zero";
template <>
inline constexpr std::string_view option_name<ragged_t> = "ragged";
template <>
inline constexpr std::string_view option_name<unroll> = "unroll(steps)";
template <>
inline constexpr std::string_view option_name<activation> = "activation(f)";
template <>
inline constexpr std::string_view option_name<recurrent_activation> = "recurrent_activation(f)";
template <>
inline constexpr std::string_view option_name<softmax_t> = "softmax";
template <>
inline constexpr std::string_view option_name<reset_after> = "reset_after(bool)";
template <>
inline constexpr std::string_view option_name<use_bias> = "use_bias(bool)";
template <>
inline constexpr std::string_view option_name<unit_forget_bias_t> = "unit_forget_bias(bool)";

template <class Option, class... Options>
inline constexpr bool has = (std::is_same_v<Option, Options> || ...);

/// The option of type `Option` among `options`, or `otherwise`.
template <class Option, class... Options>
constexpr Option option_or(Option otherwise, const Options&... options) {
    Option result = otherwise;
    [[maybe_unused]] const auto take = [&](const auto& option) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(option)>, Option>) {
            result = option;
        }
    };
    (take(options), ...);
    return result;
}

} // namespace detail

} // namespace timeloom::declaration
