// time_distributed(layer): a layer of one time step at every time step.
#pragma once

#include "timeloom/dsl/layer_normalization.hpp"
#include "timeloom/dsl/shape_layers.hpp"

namespace timeloom::dsl {

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

    template <int Position, class Shape>
    struct after : shape_check<is_sequence<Shape>, Position, "time_distributed", got_rank<Shape::rank>,
                               needed_rank<3>> {
        static_assert(is_sequence<Shape>,
                      "time_distributed: needs a sequence (batch, timesteps, features), rank 3");
        using output = typename Inner::template after<Position, Shape>::output;
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

    template <int Position, class Shape>
    struct after : embedding_layer<Vocabulary, Units>::template after<Position, Shape> {};
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

    template <int Position, class Shape>
    struct after : shape_check<is_sequence<Shape>, Position, "time_distributed", got_rank<Shape::rank>,
                               needed_rank<3>> {
        static_assert(is_sequence<Shape>,
                      "time_distributed: needs a sequence (batch, timesteps, features), rank 3");
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

/// Keras's TimeDistributed over a layer that makes one vector of one step's vector (or token id): dense,
/// embedding, activation, dropout, softmax, layer_normalization, flatten. Each of them computes the same on a
/// sequence by itself; only the names of its parameters differ.
template <class Layer>
constexpr auto time_distributed(const Layer& layer) {
    using layer_type = decltype(detail::as_layer(layer));
    static_assert(!has_states<layer_type>,
                  "time_distributed: a time step is one vector, but a recurrent layer reads a sequence of "
                  "them: write the recurrent layer itself, with return_sequences");
    static_assert(detail::is_pointwise_in_time<layer_type> || detail::is_embedding<layer_type> ||
                      std::is_same_v<layer_type, flatten_layer> || has_states<layer_type>,
                  "time_distributed: needs a layer that makes one vector of one time step: dense, embedding, "
                  "activation, dropout, softmax, layer_normalization, flatten");
    return time_distributed_layer<layer_type>{detail::as_layer(layer)};
}

} // namespace timeloom::dsl
