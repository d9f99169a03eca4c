// A view of activations as layers hand them to each other: time-major, rows padded, units padded.
#pragma once

#include <cstddef>

namespace timeloom {

/// Value u of row b at time t lies at data[t * time_stride + b * row_stride + u]. `rows` counts sequences of
/// the batch; memory holds `padded_rows`, and padded(width) values a row; what lies beyond rows and width
/// means nothing.
struct SequenceView {
    float* data = nullptr;
    int timesteps = 0;
    int rows = 0;
    int padded_rows = 0;
    int width = 0;
    std::ptrdiff_t row_stride = 0;
    std::ptrdiff_t time_stride = 0;

    float* row(int time, int b) const { return data + time * time_stride + b * row_stride; }

    /// Time steps [first, first + count).
    SequenceView steps(int first, int count) const {
        SequenceView part = *this;
        part.data += first * time_stride;
        part.timesteps = count;
        return part;
    }

    /// The same time steps from the last one to the first.
    SequenceView reversed() const {
        SequenceView v = *this;
        v.data += (timesteps - 1) * time_stride;
        v.time_stride = -time_stride;
        return v;
    }
};

} // namespace timeloom
