// prefetch_lines(): asks for memory before it is needed.
#pragma once

#include <cstddef>

namespace timeloom::detail {

/// Tokens pick rows of a large table at random: they are asked for so many rows before they are needed.
inline constexpr int rows_ahead = 6;

inline void prefetch_lines(const float* values, std::ptrdiff_t count) {
    constexpr std::ptrdiff_t line = 64 / sizeof(float);
    for (std::ptrdiff_t i = 0; i < count; i += line) {
        __builtin_prefetch(values + i);
    }
}

} // namespace timeloom::detail
