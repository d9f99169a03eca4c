// The masks of a cell's sequences: steps that count, and dropout of its input and of its states.
#include "timeloom/runtime/cells/cell_work.hpp"
#include "timeloom/runtime/layers/dropout_mask.hpp"

#include <algorithm>

namespace timeloom::detail {

using plan::padded;

namespace {

/// Random numbers of recurrent dropout are streams apart from those of the layers' own dropout.
constexpr int recurrent_streams = 1 << 14;

/// Rows of a mask start at multiples of four, the numbers of a block of the generator.
std::size_t mask_stride(int width) { return static_cast<std::size_t>(std::max(4, padded(width))); }

} // namespace

/// Makes room for the masks that a pass over the input needs, and lets the kernels read what is masked.
void CellWork::prepare_masks(bool training) {
    SequenceView& read = arguments_.input;
    if (training && layer_.rate > 0) {
        read.row_stride = padded(layer_.features);
        read.time_stride = read.row_stride * read.padded_rows;
        masked_input_.reserve_zeroed(static_cast<std::size_t>(read.time_stride * read.timesteps));
        mask_.reserve_zeroed(static_cast<std::size_t>(read.padded_rows) * mask_stride(layer_.features));
        read.data = masked_input_.data();
    }
    if (training && layer_.recurrent_rate > 0) {
        recurrent_mask_.reserve_zeroed(static_cast<std::size_t>(read.padded_rows * padded(layer_.units)));
        arguments_.recurrent_mask = recurrent_mask_.data();
    }
    if (read.mask == nullptr && layer_.cell.has_step_mask) {
        let_all_steps_count();
    }
}

/// In a call of the user's own a layer may read other values than those it is declared to read.
void CellWork::let_all_steps_count() {
    SequenceView& read = arguments_.input;
    full_mask_.reserve_zeroed(static_cast<std::size_t>(read.padded_rows * read.timesteps));
    std::ranges::fill(full_mask_, 1.0f);
    read.mask = full_mask_.data();
    read.step_stride = read.padded_rows;
}

void CellWork::apply_input_dropout(const StepContext& context) {
    const std::size_t stride = mask_stride(layer_.features);
    for (int b = 0; b < unmasked_input_.rows; ++b) {
        fill_dropout_mask(context, position_, layer_.rate,
                          static_cast<std::size_t>(context.first_row + b) * stride,
                          mask_.span().subspan(static_cast<std::size_t>(b) * stride, stride));
    }
    multiply_by_mask(unmasked_input_, arguments_.input);
}

/// One mask for all time steps and all matrices. Rows narrower than a block of the generator are cut off.
void CellWork::draw_recurrent_mask(const StepContext& context) {
    const std::size_t stride = mask_stride(layer_.units);
    const auto width = static_cast<std::size_t>(padded(layer_.units));
    std::vector<float>& row = mask_row_;
    row.resize(stride);
    for (int b = 0; b < arguments_.input.rows; ++b) {
        fill_dropout_mask(context, position_ + recurrent_streams, layer_.recurrent_rate,
                          static_cast<std::size_t>(context.first_row + b) * stride, row);
        std::copy_n(row.begin(), width, recurrent_mask_.data() + static_cast<std::size_t>(b) * width);
    }
}

void CellWork::multiply_by_mask(const SequenceView& from, const SequenceView& to) const {
    for (int t = 0; t < to.timesteps; ++t) {
        for (int b = 0; b < to.rows; ++b) {
            const float* x = from.row(t, b);
            const float* mask = mask_.data() + static_cast<std::size_t>(b) * mask_stride(layer_.features);
            float* y = to.row(t, b);
            for (int k = 0; k < to.width; ++k) {
                y[k] = x[k] * mask[k];
            }
        }
    }
}

} // namespace timeloom::detail
