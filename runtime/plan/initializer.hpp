// How a parameter starts: Keras's initializers as plain data.
#pragma once

#include <cstdint>

namespace timeloom::plan {

enum class InitializerKind : std::uint8_t {
    zeros,
    ones,
    constant,
    random_uniform,
    random_normal,
    truncated_normal,
    glorot_uniform,
    glorot_normal,
    he_uniform,
    he_normal,
    lecun_uniform,
    lecun_normal,
    orthogonal
};

struct Initializer {
    InitializerKind kind = InitializerKind::zeros;
    double a = 0; ///< constant: the value; random_uniform: minval; normal: mean; orthogonal: gain
    double b = 0; ///< random_uniform: maxval; normal: stddev
    constexpr bool operator==(const Initializer&) const = default;
};

/// With Keras's arguments where none are given.
constexpr Initializer default_initializer(InitializerKind kind) {
    switch (kind) {
    case InitializerKind::random_uniform:
        return {kind, -0.05, 0.05};
    case InitializerKind::random_normal:
    case InitializerKind::truncated_normal:
        return {kind, 0, 0.05};
    case InitializerKind::orthogonal:
        return {kind, 1};
    default:
        return {kind};
    }
}

} // namespace timeloom::plan
