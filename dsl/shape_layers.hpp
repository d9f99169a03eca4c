// Layers that change the shape between others, apply a layer to every time step, or apply one function.
#pragma once

#include "timeloom/dsl/layer_types.hpp"

namespace timeloom::dsl {

/// The same vector at every one of `Times` time steps.
template <int Times>
struct repeat_vector_layer {
    static_assert(Times > 0, "repeat_vector: the number of time steps must be at least 1");
    template <int Position, class Shape>
    struct after
        : shape_check<is_vector<Shape>, Position, "repeat_vector", got_rank<Shape::rank>, needed_rank<2>> {
        static_assert(is_vector<Shape>, "repeat_vector: needs one vector, (batch, features), rank 2");
        using output = sequence<Times, Shape::features>;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::repeat,
                .name = "repeat_vector",
                .timesteps = Times,
                .features = Shape::features,
                .units = Shape::features};
    }
};

/// All time steps of a sequence side by side.
struct flatten_layer {
    template <int Position, class Shape>
    struct after : shape_check<!is_tokens<Shape>, Position, "flatten", got<Shape>, needed<"vectors">> {
        static_assert(!is_tokens<Shape>, "flatten: needs vectors, not token ids");
        using output = vector<Shape::timesteps * Shape::features>;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::flatten,
                .name = "flatten",
                .timesteps = 1,
                .features = Shape::features,
                .units = Shape::timesteps * Shape::features};
    }
};

/// A dense layer on every time step, which must be more than one vector.
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

/// Masks the time steps whose features all have one value.
struct masking_layer {
    float value = 0;

    template <int Position, class Shape>
    struct after
        : shape_check<is_sequence<Shape>, Position, "masking", got_rank<Shape::rank>, needed_rank<3>> {
        static_assert(is_sequence<Shape>, "masking: needs a sequence (batch, timesteps, features), rank 3");
        using output = Shape;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::masking,
                .name = "masking",
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Shape::features,
                .mask_value = value};
    }
};

/// A function of every value: a cell that is nothing but its output.
struct activation_layer {
    graph cell;

    template <int Position, class Shape>
    struct after : shape_check<!is_tokens<Shape>, Position, "activation", got<Shape>, needed<"vectors">> {
        static_assert(!is_tokens<Shape>, "activation: needs vectors, not token ids");
        using output = Shape;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::cell,
                .name = "activation",
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Shape::features,
                .equations = cell};
    }
};

/// Keras's RepeatVector: (batch, features) → (batch, Times, features).
template <int Times>
constexpr repeat_vector_layer<Times> repeat_vector() {
    return {};
}

/// Keras's Masking: recurrent layers skip the time steps whose features all equal `mask_value`, and losses do
/// not count them.
constexpr masking_layer masking(float mask_value = 0) { return {mask_value}; }

/// Keras's Flatten: (batch, timesteps, features) → (batch, timesteps * features).
constexpr flatten_layer flatten() { return {}; }

/// Keras's TimeDistributed over a dense layer. A dense layer on a sequence computes the same; only the names
/// of its parameters differ.
template <class Layer>
constexpr time_distributed_layer<Layer> time_distributed(const Layer& layer) {
    static_assert(is_dense<Layer>, "time_distributed: needs a dense layer");
    return {.inner = layer};
}

} // namespace timeloom::dsl
