// Keras's initializers as values: kernel_initializer(he_normal), bias_initializer(constant(0.5)).
#pragma once

#include "timeloom/runtime/plan/initializer.hpp"

namespace timeloom::declaration {

using initializer_kind = plan::InitializerKind;
using initializer = plan::Initializer;
using plan::default_initializer;

/// A name that stands for Keras's defaults and takes two arguments: random_normal, random_normal(0, 0.1).
template <initializer_kind Kind>
struct initializer_of_two : initializer {
    constexpr initializer_of_two() : initializer(default_initializer(Kind)) {}
    constexpr initializer operator()(double first, double second) const { return {Kind, first, second}; }
};
/// orthogonal, orthogonal(gain)
struct orthogonal_initializer : initializer {
    constexpr orthogonal_initializer() : initializer(default_initializer(initializer_kind::orthogonal)) {}
    constexpr initializer operator()(double gain) const { return {initializer_kind::orthogonal, gain}; }
};

inline constexpr initializer zeros{initializer_kind::zeros};
inline constexpr initializer ones{initializer_kind::ones};
constexpr initializer constant(double value) { return {initializer_kind::constant, value}; }
inline constexpr initializer_of_two<initializer_kind::random_uniform> random_uniform{}; ///< minval, maxval
inline constexpr initializer_of_two<initializer_kind::random_normal> random_normal{};   ///< mean, stddev
inline constexpr initializer_of_two<initializer_kind::truncated_normal> truncated_normal{}; ///< mean, stddev
inline constexpr initializer glorot_uniform{initializer_kind::glorot_uniform};
inline constexpr initializer glorot_normal{initializer_kind::glorot_normal};
inline constexpr initializer he_uniform{initializer_kind::he_uniform};
inline constexpr initializer he_normal{initializer_kind::he_normal};
inline constexpr initializer lecun_uniform{initializer_kind::lecun_uniform};
inline constexpr initializer lecun_normal{initializer_kind::lecun_normal};
inline constexpr orthogonal_initializer orthogonal{};

} // namespace timeloom::declaration
