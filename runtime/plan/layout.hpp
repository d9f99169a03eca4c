// How vectors and matrices lie in memory, the same for every target: blocks of at most 16 lanes.
#pragma once

#include <cstddef>

namespace timeloom::plan {

/// Lanes of a block: 16, or for fewer units the next power of two.
constexpr int lane_block(int units) {
    int lanes = 1;
    while (lanes < 16 && lanes < units) {
        lanes *= 2;
    }
    return lanes;
}

constexpr int block_count(int units) { return (units + lane_block(units) - 1) / lane_block(units); }

/// Floats that a vector of `units` values takes. What lies beyond the units is padding that nothing reads
/// back.
constexpr int padded(int units) { return block_count(units) * lane_block(units); }

/// One gate's matrix (rows, units) inside a packed product [block][row][gate][lane] that starts at `offset`.
/// A vector is such a matrix with one row and one gate.
struct PackedMatrix {
    std::size_t offset = 0;
    int rows = 1;
    int units = 1;
    int gates = 1;
    int gate = 0;
    int lanes = 1;

    constexpr bool operator==(const PackedMatrix&) const = default;

    constexpr std::size_t index(int row, int unit) const {
        const std::size_t in_block = (static_cast<std::size_t>(row) * gates + gate) * lanes + unit % lanes;
        return offset + static_cast<std::size_t>(unit / lanes) * rows * gates * lanes + in_block;
    }
};

} // namespace timeloom::plan
