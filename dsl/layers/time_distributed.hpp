// time_distributed(layer): a layer of one time step at every time step.
#pragma once

#include "timeloom/dsl/layers/layer_normalization.hpp"
#include "timeloom/dsl/layers/shape_layers.hpp"

namespace timeloom::declaration {

namespace detail {

/// Layers that compute each vector by itself, so that they do the same on a sequence of them.
template <class Layer>
inline constexpr bool is_pointwise_in_time = is_dense<Layer>;
template <layer_kind Kind>
inline constexpr bool is_pointwise_in_time<shape_keeping_layer<Kind>> = true;
template <>
inline constexpr bool is_pointwise_in_time<activation_layer> = true;
template <>
inline constexpr bool is_pointwise_in_time<layer_normalization_layer> = true;

template <class Layer>
inline constexpr bool is_embedding = false;
template <int Vocabulary, int Units>
inline constexpr bool is_embedding<embedding_layer<Vocabulary, Units>> = true;

} // namespace detail

template <class Inner>
struct time_distributed_layer {
    Inner inner;

    static constexpr fault kind() { return say("time_distributed(", Inner::kind(), ")"); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_sequence<Shape>();
    }
    template <class Shape>
    struct after {
        using output = typename Inner::template after<Shape>::output;
    };
    template <class Shape>
    constexpr long parameters() const {
        return inner.template parameters<Shape>();
    }
    template <class Shape>
    wrapped_layer describe() const {
        return {.wrapper = "time_distributed", .inner = inner.template describe<Shape>()};
    }
};

/// Token ids, of which a time step has one.
template <int Vocabulary, int Units>
struct time_distributed_layer<embedding_layer<Vocabulary, Units>> {
    embedding_layer<Vocabulary, Units> inner;

    static constexpr fault kind() {
        return say("time_distributed(", detail::sized("embedding", {Vocabulary, Units}), ")");
    }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_tokens<Shape>();
    }
    template <class Shape>
    struct after {
        using output = sequence<Shape::timesteps, Units>;
    };
    template <class Shape>
    constexpr long parameters() const {
        return inner.template parameters<Shape>();
    }
    template <class Shape>
    wrapped_layer describe() const {
        return {.wrapper = "time_distributed", .inner = inner.template describe<Shape>()};
    }
};

/// A step's one vector, which flattening leaves as it is.
template <>
struct time_distributed_layer<flatten_layer> {
    flatten_layer inner;

    static constexpr fault kind() { return "time_distributed(flatten)"; }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_sequence<Shape>();
    }
    template <class Shape>
    struct after {
        using output = Shape;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    wrapped_layer describe() const {
        return {.wrapper = "time_distributed",
                .inner = {.kind = layer_kind::join,
                          .name = "flatten",
                          .timesteps = Shape::timesteps,
                          .features = Shape::features,
                          .units = Shape::features}};
    }
};

namespace detail {

/// What is wrong with the layer inside.
template <class Layer>
constexpr fault fault_of_each_step() {
    if constexpr (!is_layer<Layer>) {
        return "time_distributed: its argument is a layer, such as dense<4>()";
    } else if constexpr (has_states<Layer>) {
        return say(
            "time_distributed(", Layer::kind(),
            "): a time step is one vector, but a recurrent layer reads a sequence of them: write the layer "
            "itself, with return_sequences");
    } else {
        return is_pointwise_in_time<Layer> || is_embedding<Layer> || std::is_same_v<Layer, flatten_layer>
                   ? fault{}
                   : say("time_distributed(", Layer::kind(),
                         "): needs a layer that makes one vector of one time step: dense, embedding, "
                         "activation, dropout, softmax, layer_normalization, flatten");
    }
}

} // namespace detail

/// Keras's TimeDistributed over a layer that makes one vector of one step's vector (or token id): dense,
/// embedding, activation, dropout, softmax, layer_normalization, flatten. Each of them computes the same on a
/// sequence by itself; only the names of its parameters differ.
template <class Layer>
constexpr auto time_distributed(const Layer& layer) {
    using layer_type = decltype(detail::as_layer(layer));
    if constexpr (is_refused<Layer>) {
        return refused{};
    } else if constexpr (!refuse<detail::fault_of_each_step<layer_type>>()) {
        return refused{};
    } else {
        return time_distributed_layer<layer_type>{detail::as_layer(layer)};
    }
}

} // namespace timeloom::declaration
