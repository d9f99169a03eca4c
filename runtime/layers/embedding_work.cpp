#include "timeloom/runtime/layers/embedding_work.hpp"

#include "timeloom/runtime/base/prefetch_lines.hpp"

#include <algorithm>

namespace timeloom::detail {

SequenceView EmbeddingWork::prepare(std::span<const SequenceView> inputs, bool) {
    input_ = inputs[0];
    output_ = view_in(memory_, input_, input_.timesteps, layer_.units);
    rows_ = nullptr;
    has_other_readers_ = true;
    if (layer_.makes_mask) {
        mask_.reserve_zeroed(static_cast<std::size_t>(input_.timesteps * input_.padded_rows));
        output_.mask = mask_.data();
        output_.step_stride = input_.padded_rows;
    }
    return output_;
}

std::vector<SequenceView> EmbeddingWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    return {};
}

void EmbeddingWork::share(const DistinctRows& rows, bool has_other_readers) {
    rows_ = &rows;
    has_other_readers_ = has_other_readers;
    number_of_place_.assign(static_cast<std::size_t>(input_.step_stride * input_.timesteps), 0);
    numbers_ = input_;
    numbers_.tokens = number_of_place_.data();
}

void EmbeddingWork::number_tokens() {
    for_each_row(output_, [&](int t, int b) {
        const std::ptrdiff_t place = t * input_.step_stride + b;
        number_of_place_[static_cast<std::size_t>(place)] = rows_->number(input_.tokens[place]);
    });
}

void EmbeddingWork::forward_steps(const StepContext&, int first, int count) {
    if (first == 0 && rows_ != nullptr && rows_->are_few()) {
        number_tokens();
    }
    if (hands_out_steps()) {
        hand_out_steps(first, count);
    }
    if (layer_.makes_mask && first == 0) {
        make_mask();
    }
}

void EmbeddingWork::hand_out_steps(int first, int count) const {
    const int width = plan::padded(layer_.units);
    const float* const table = parameters_.values + offset_;
    const SequenceView input = input_.steps(first, count), output = output_.steps(first, count);
    for_each_row(output, [&](int t, int b) {
        const std::int32_t* const token = input.tokens + t * input.step_stride + b;
        if (b + rows_ahead < output.rows) {
            prefetch_lines(table + std::ptrdiff_t{token[rows_ahead]} * width, width);
        }
        std::copy_n(table + std::ptrdiff_t{*token} * width, width, output.row(t, b));
    });
}

/// Token 0 is masked, and what was masked before.
void EmbeddingWork::make_mask() {
    for_each_row(output_, [&](int t, int b) {
        const bool counts = input_.counts(t, b) && input_.tokens[t * input_.step_stride + b] != 0;
        mask_.data()[t * output_.step_stride + b] = counts ? 1.0f : 0.0f;
    });
}

/// Adds in the order of time and rows.
void EmbeddingWork::add_gradient(std::int32_t first, std::int32_t last, float scale,
                                 const TableGradient& table) const {
    if (!hands_out_steps()) {
        return;
    }
    const int width = plan::padded(layer_.units);
    const auto row = [&](std::int32_t of) { return table.row(of, width); };
    for_each_row(output_, [&](int t, int b) {
        const std::int32_t* const token = input_.tokens + t * input_.step_stride + b;
        if (b + rows_ahead < output_.rows) {
            prefetch_lines(row(token[rows_ahead]), width);
        }
        if (*token >= first && *token < last) {
            float* const gradient = row(*token);
            const float* const diff = diff_output_.row(t, b);
            for (int u = 0; u < width; ++u) {
                gradient[u] += scale * diff[u];
            }
        }
    });
}

} // namespace timeloom::detail
