// Where the values of one row lie in the memory of an embedded model: a SequenceView of offsets.
#pragma once

#include <cstddef>

namespace timeloom::embedded {

/// Value u of step t is float number `offset + t * stride + u`. A token id is the bits of one float.
struct View {
    std::ptrdiff_t offset = 0;
    std::ptrdiff_t stride = 0;
    int timesteps = 0;
    int width = 0;
    bool is_masked = false;         ///< else all steps count
    std::ptrdiff_t mask_offset = 0; ///< of one float for each step: 1 where it counts, else 0
    std::ptrdiff_t mask_stride = 0;

    constexpr std::ptrdiff_t row(int time) const { return offset + time * stride; }
    constexpr std::ptrdiff_t mask(int time) const { return mask_offset + time * mask_stride; }

    /// Time steps [first, first + count).
    constexpr View steps(int first, int count) const {
        View v = *this;
        v.offset = row(first);
        v.mask_offset = mask(first);
        v.timesteps = count;
        return v;
    }
    /// The same time steps from the last one to the first.
    constexpr View reversed() const {
        View v = *this;
        v.offset = row(timesteps - 1);
        v.mask_offset = mask(timesteps - 1);
        v.stride = -stride;
        v.mask_stride = -mask_stride;
        return v;
    }
    constexpr View without_mask() const {
        View v = *this;
        v.is_masked = false;
        return v;
    }
    constexpr View with_mask(std::ptrdiff_t at) const {
        View v = *this;
        v.is_masked = true;
        v.mask_offset = at;
        v.mask_stride = 1;
        return v;
    }
};

} // namespace timeloom::embedded
