#include "timeloom/runtime/embedding_work.hpp"

#include "timeloom/runtime/prefetch_lines.hpp"

#include <algorithm>

namespace timeloom {

SequenceView EmbeddingWork::prepare(std::span<const SequenceView> inputs, bool) {
    input_ = inputs[0];
    output_ = view_in(memory_, input_, input_.timesteps, layer_.units);
    sharing_ = Sharing::not_asked_for;
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

DistinctRows* EmbeddingWork::share_rows() {
    if (sharing_ == Sharing::not_asked_for) {
        sharing_ = rows_.prepare(input_, layer_.features, layer_.units) ? Sharing::all : Sharing::none;
    }
    return sharing_ == Sharing::all ? &rows_ : nullptr;
}

void EmbeddingWork::forward_steps(const StepContext&, int first, int count) {
    if (first == 0 && sharing_ == Sharing::all) {
        rows_.find(input_);
        rows_.gather(parameters_.values + offset_);
    }
    if (hands_out_steps()) {
        hand_out_steps(first, count);
    }
    if (layer_.makes_mask && first == 0) {
        make_mask();
    }
}

void EmbeddingWork::hand_out_steps(int first, int count) const {
    const int width = dsl::padded(layer_.units);
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

/// Adds in the order of rows as they were first named, or of time and rows.
void EmbeddingWork::add_gradient(std::int32_t first, std::int32_t last, float scale, float* gradients) const {
    const int width = dsl::padded(layer_.units);
    const auto row = [&](std::int32_t of) { return gradients + offset_ + std::ptrdiff_t{of} * width; };
    const auto add = [&](std::int32_t token, const float* diff) {
        if (token >= first && token < last) {
            float* const gradient = row(token);
            for (int u = 0; u < width; ++u) {
                gradient[u] += scale * diff[u];
            }
        }
    };
    if (rows_.are_few()) {
        for (int number = 0; number < rows_.count(); ++number) {
            prefetch_lines(row(rows_.token(std::min(number + rows_ahead, rows_.count() - 1))), width);
            for (const SequenceView& diff : rows_.gradients()) {
                const auto [step, r] = rows_.place(number);
                add(rows_.token(number), diff.row(step, r));
            }
        }
    }
    if (hands_out_steps()) {
        for_each_row(output_, [&](int t, int b) {
            const std::int32_t* const token = input_.tokens + t * input_.step_stride + b;
            if (b + rows_ahead < output_.rows) {
                prefetch_lines(row(token[rows_ahead]), width);
            }
            add(*token, diff_output_.row(t, b));
        });
    }
}

} // namespace timeloom
