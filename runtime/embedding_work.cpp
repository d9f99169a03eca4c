#include "timeloom/runtime/embedding_work.hpp"

#include "timeloom/runtime/sequence_memory.hpp"

#include <algorithm>

namespace timeloom {

SequenceView EmbeddingWork::prepare(const SequenceView& input, bool) {
    return output_ = view_in(memory_, input, input.timesteps, layer_.units);
}

SequenceView EmbeddingWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    return {};
}

void EmbeddingWork::forward(const StepContext&) {
    const int width = dsl::padded(layer_.units);
    const float* table = parameters_.values + offset_;
    for (int t = 0; t < output_.timesteps; ++t) {
        for (int b = 0; b < output_.rows; ++b) {
            const std::ptrdiff_t token = tokens_[t * output_.padded_rows + b];
            std::copy_n(table + token * width, width, output_.row(t, b));
        }
    }
}

/// Calls f(row of the table within the buffer, time, row of the batch) in the order of time and rows.
template <class F>
void EmbeddingWork::for_each_row(std::int32_t first, std::int32_t last, F&& f) const {
    const int width = dsl::padded(layer_.units);
    for (int t = 0; t < output_.timesteps; ++t) {
        for (int b = 0; b < output_.rows; ++b) {
            const std::int32_t token = tokens_[t * output_.padded_rows + b];
            if (token >= first && token < last) {
                f(offset_ + static_cast<std::size_t>(token) * static_cast<std::size_t>(width), t, b);
            }
        }
    }
}

void EmbeddingWork::add_gradient(std::int32_t first, std::int32_t last, float* gradients) const {
    const int width = dsl::padded(layer_.units);
    for_each_row(first, last, [&](std::size_t at, int t, int b) {
        const float* diff = diff_output_.row(t, b);
        float* gradient = gradients + at;
        for (int u = 0; u < width; ++u) {
            gradient[u] += diff[u];
        }
    });
}

void EmbeddingWork::clear_gradient(std::int32_t first, std::int32_t last, float* gradients) const {
    for_each_row(first, last, [&](std::size_t at, int, int) {
        std::fill_n(gradients + at, dsl::padded(layer_.units), 0.0f);
    });
}

} // namespace timeloom
