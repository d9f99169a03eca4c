// Table of the hand-vectorised loops over plain arrays, one instance per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace timeloom::detail {

/// The loops, compiled for one instruction set. No pointer needs to be aligned.
/// All use exactly rounded operations only, and so give the same bits on every instruction set and for every
/// split of an array into parts.
struct ElementwiseTable {
    const char* instruction_set;

    /// values *= factor
    void (*scale)(float factor, std::size_t count, float* values);
    /// sum += values
    void (*add)(std::size_t count, float* sum, const float* values);
    /// The largest magnitude; infinity where a value is infinite or no number. 0 of no values.
    float (*largest)(std::size_t count, const float* values);
    /// Words of a Philox4x32-10 stream, see Random::fill_uniform_bits.
    void (*philox_bits)(std::uint64_t seed, std::uint64_t stream, std::uint64_t first_block,
                        std::size_t count, std::uint32_t* words);
};

/// The best table for this processor, chosen once.
const ElementwiseTable& elementwise();

/// Every table that this processor can run, the best first; for tests and benchmarks.
std::span<const ElementwiseTable* const> runnable_elementwise_tables();

} // namespace timeloom::detail
