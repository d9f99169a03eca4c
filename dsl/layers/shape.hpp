// Shapes that layers hand to each other, and what errors say of them.
#pragma once

#include "timeloom/dsl/base/compile_error.hpp"

#include <concepts>

namespace timeloom::declaration {

/// A sequence of token ids, (batch, timesteps).
template <int Timesteps>
struct tokens {
    static constexpr int rank = 2;
    static constexpr int timesteps = Timesteps;
    static constexpr int features = 0;
};

/// A sequence of vectors, (batch, timesteps, features).
template <int Timesteps, int Features>
struct sequence {
    static constexpr int rank = 3;
    static constexpr int timesteps = Timesteps;
    static constexpr int features = Features;
};

/// One vector, (batch, features).
template <int Features>
struct vector {
    static constexpr int rank = 2;
    static constexpr int timesteps = 1;
    static constexpr int features = Features;
};

template <class Shape>
inline constexpr bool is_tokens = false;
template <int T>
inline constexpr bool is_tokens<tokens<T>> = true;
template <class Shape>
inline constexpr bool is_vector = false;
template <int F>
inline constexpr bool is_vector<vector<F>> = true;
template <class Shape>
inline constexpr bool is_sequence = false;
template <int T, int F>
inline constexpr bool is_sequence<sequence<T, F>> = true;

/// Two values of one shape: those of both directions of a bidirectional layer that does not merge them.
template <class Shape>
struct both_directions {
    using direction = Shape;
    static constexpr int rank = Shape::rank;
    static constexpr int timesteps = Shape::timesteps;
    static constexpr int features = Shape::features;
};
template <class Shape>
inline constexpr bool is_both_directions = false;
template <class Shape>
inline constexpr bool is_both_directions<both_directions<Shape>> = true;

/// One vector, or one at every time step.
template <class Shape>
inline constexpr bool is_vectors = is_vector<Shape> || is_sequence<Shape>;

namespace detail {

template <class Shape, int Features>
struct change_features;
template <int T, int F, int Features>
struct change_features<sequence<T, F>, Features> {
    using type = sequence<T, Features>;
};
template <int F, int Features>
struct change_features<vector<F>, Features> {
    using type = vector<Features>;
};

} // namespace detail

/// Vectors of another width, one or as many as before.
template <class Shape, int Features>
using with_features = typename detail::change_features<Shape, Features>::type;

/// Layers say what they are called and what shapes they need.
template <class T>
concept is_layer = requires {
    { T::kind() } -> std::same_as<fault>;
};

namespace detail {

/// A shape in words.
template <class Shape>
constexpr fault shape_words() {
    if constexpr (is_tokens<Shape>) {
        return say(Shape::timesteps, " token ids");
    } else if constexpr (is_sequence<Shape>) {
        return say("a sequence of ", Shape::timesteps, " steps and ", Shape::features, " features, rank 3");
    } else if constexpr (is_vector<Shape>) {
        return say("one vector of ", Shape::features, " features, rank 2");
    } else {
        return say("both directions, each ", shape_words<typename Shape::direction>());
    }
}

// What a layer needs and a shape is not; empty where it is.
template <class Shape>
constexpr fault needs_sequence() {
    return is_sequence<Shape> ? fault{} : fault("a sequence of vectors (batch, timesteps, features), rank 3");
}
template <class Shape>
constexpr fault needs_vector() {
    return is_vector<Shape> ? fault{} : fault("one vector (batch, features), rank 2");
}
template <class Shape>
constexpr fault needs_vectors() {
    return is_vectors<Shape> ? fault{} : fault("vectors");
}
template <class Shape>
constexpr fault needs_tokens() {
    return is_tokens<Shape> ? fault{} : fault("token ids, declared as input<timesteps>()");
}

} // namespace detail

} // namespace timeloom::declaration
