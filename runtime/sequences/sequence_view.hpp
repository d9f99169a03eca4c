// A view of activations as layers hand them to each other: time-major, rows padded, units padded.
#pragma once

#include <cstddef>
#include <cstdint>

namespace timeloom::detail {

/// Value u of row b at time t lies at data[t * time_stride + b * row_stride + u]. `rows` counts sequences of
/// the batch; memory holds `padded_rows`, and padded(width) values a row; what lies beyond rows and width
/// means nothing. Token ids and the mask have one entry for each row and step, at
/// [t * step_stride + b].
struct SequenceView {
    float* data = nullptr;
    int timesteps = 0;
    int rows = 0;
    int padded_rows = 0;
    int width = 0;
    std::ptrdiff_t row_stride = 0;
    std::ptrdiff_t time_stride = 0;
    const std::int32_t* tokens = nullptr; ///< of an input of token ids, which has no data
    const float* mask = nullptr;          ///< 1 for steps that count, 0 for others; null: all count
    std::ptrdiff_t step_stride = 0;

    float* row(int time, int b) const { return data + time * time_stride + b * row_stride; }
    bool counts(int time, int b) const { return mask == nullptr || mask[time * step_stride + b] != 0; }

    /// Time steps [first, first + count).
    SequenceView steps(int first, int count) const {
        SequenceView part = moved(first);
        part.timesteps = count;
        return part;
    }

    /// The same time steps from the last one to the first.
    SequenceView reversed() const {
        SequenceView v = moved(timesteps - 1);
        v.time_stride = -time_stride;
        v.step_stride = -step_stride;
        return v;
    }

    SequenceView without_mask() const {
        SequenceView v = *this;
        v.mask = nullptr;
        return v;
    }

  private:
    SequenceView moved(int steps) const {
        SequenceView v = *this;
        v.data = data == nullptr ? nullptr : data + steps * time_stride;
        v.tokens = tokens == nullptr ? nullptr : tokens + steps * step_stride;
        v.mask = mask == nullptr ? nullptr : mask + steps * step_stride;
        return v;
    }
};

} // namespace timeloom::detail
