// is_finite(), all_finite(), first_not_finite(): whether values are NaN or infinite.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace timeloom::detail {

/// Independent of the compiler's assumptions about numbers.
inline bool is_finite(float value) {
    return (std::bit_cast<std::uint32_t>(value) & 0x7f800000u) != 0x7f800000u;
}

/// False where any value is infinite or no number. For many values elementwise().largest() is faster.
inline bool all_finite(std::span<const float> values) {
    std::uint32_t found = 0;
    for (const float v : values) { // no early exit: this is a loop of vectors
        found |= is_finite(v) ? 0u : 1u;
    }
    return found == 0;
}

/// Position of the first value that is infinite or no number; the number of values where there is none.
inline std::size_t first_not_finite(std::span<const float> values) {
    std::size_t i = 0;
    while (i < values.size() && is_finite(values[i])) {
        ++i;
    }
    return i;
}

} // namespace timeloom::detail
