// Memory for the sequences that layers hand to each other, and loops over their rows.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/plan/layout.hpp"
#include "timeloom/runtime/sequences/sequence_view.hpp"

namespace timeloom::detail {

/// A view with the rows of `like`, `timesteps` vectors of `width` each, that lies in `memory`.
inline SequenceView view_in(aligned_buffer<float>& memory, const SequenceView& like, int timesteps,
                            int width) {
    SequenceView v = like;
    v.timesteps = timesteps;
    v.width = width;
    v.tokens = nullptr;
    v.row_stride = plan::padded(width);
    v.time_stride = v.row_stride * like.padded_rows;
    memory.reserve_zeroed(static_cast<std::size_t>(v.time_stride) * static_cast<std::size_t>(timesteps));
    v.data = memory.data();
    return v;
}

/// The same with the time steps and the width of `like`.
inline SequenceView view_in(aligned_buffer<float>& memory, const SequenceView& like) {
    return view_in(memory, like, like.timesteps, like.width);
}

/// Calls f(time, row) for every row that counts.
template <class F>
void for_each_row(const SequenceView& v, F&& f) {
    for (int t = 0; t < v.timesteps; ++t) {
        for (int b = 0; b < v.rows; ++b) {
            f(t, b);
        }
    }
}

/// sum += values, row by row.
inline void add_rows(const SequenceView& values, const SequenceView& sum) {
    for_each_row(sum, [&](int t, int b) {
        const float* const from = values.row(t, b);
        float* const to = sum.row(t, b);
        for (int u = 0; u < sum.width; ++u) {
            to[u] += from[u];
        }
    });
}

} // namespace timeloom::detail
