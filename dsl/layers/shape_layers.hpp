// Layers that change the shape between others, mask time steps, or apply one function.
#pragma once

#include "timeloom/dsl/layers/layers.hpp"

namespace timeloom::declaration {

/// The same vector at every one of `Times` time steps.
template <int Times>
struct repeat_vector_layer {
    static constexpr fault kind() { return detail::sized("repeat_vector", {Times}); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_vector<Shape>();
    }
    template <class Shape>
    struct after {
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
    static constexpr fault kind() { return "flatten"; }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_vectors<Shape>();
    }
    template <class Shape>
    struct after {
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

/// Masks the time steps whose features all have one value.
struct masking_layer {
    float value = 0;

    static constexpr fault kind() { return "masking"; }
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

    static constexpr fault kind() { return "activation"; }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_vectors<Shape>();
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
    layer describe() const {
        return {.kind = layer_kind::cell,
                .name = "activation",
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Shape::features,
                .equations = cell};
    }
};

namespace detail {

/// dropout(rate), softmax and activation(f) stand for layers where they stand between layers.
constexpr dropout_layer as_layer(const dropout& d) { return {.rate = d.rate}; }
constexpr softmax_layer as_layer(softmax_t) { return {}; }
constexpr activation_layer as_layer(const activation& a) {
    return {.cell = cell<"activation">([f = a.function](inputs x) { return output(f(x)); })};
}
template <class Layer>
constexpr Layer as_layer(const Layer& l) {
    return l;
}

} // namespace detail

/// Keras's RepeatVector: (batch, features) → (batch, Times, features).
template <int Times>
constexpr auto repeat_vector() {
    if constexpr (refuse<detail::fault_of_size<"repeat_vector", Times, "time steps">>()) {
        return repeat_vector_layer<Times>{};
    } else {
        return refused{};
    }
}
template <class... Given>
constexpr refused repeat_vector(const Given&...) {
    refuse<detail::sizes_missing<"repeat_vector", "repeat_vector<5>()", Given...>>();
    return {};
}

/// Keras's Masking: recurrent layers skip the time steps whose features all equal `mask_value`, and losses do
/// not count them. Steps that an embedding's mask_zero, an input's lengths or another masking masked stay
/// masked; Keras forgets those.
constexpr masking_layer masking(float mask_value = 0) { return {mask_value}; }

/// Keras's Flatten: (batch, timesteps, features) → (batch, timesteps * features).
constexpr flatten_layer flatten() { return {}; }

} // namespace timeloom::declaration
