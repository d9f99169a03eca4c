// Whether numbers are numbers.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace timeloom {

/// False where any value is infinite or no number.
inline bool all_finite(std::span<const float> values) {
    std::uint32_t found = 0;
    for (const float v : values) { // no early exit: this is a loop of vectors
        found |= (std::bit_cast<std::uint32_t>(v) & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
    }
    return found == 0;
}

} // namespace timeloom
