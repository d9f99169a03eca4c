// Shapes that layers hand to each other, and the errors that name a layer and both numbers.
#pragma once

#include "timeloom/dsl/static_vector.hpp"

namespace timeloom::dsl {

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

/// What the compiler prints when layers do not fit: the position of the layer in the model (0 is the input),
/// its name, what it got and what it needs. Never defined for a mismatch, so that all this stands in the
/// error.
template <class... Shapes>
struct got;
template <fixed_string What>
struct needed;
template <int Rank>
struct got_rank;
template <int Rank>
struct needed_rank;
template <int Features>
struct got_features;
template <int Features>
struct needed_features;

template <bool Fits, int Layer, fixed_string Name, class Got, class Needed>
struct shape_check;
template <int Layer, fixed_string Name, class Got, class Needed>
struct shape_check<true, Layer, Name, Got, Needed> {};

} // namespace timeloom::dsl
