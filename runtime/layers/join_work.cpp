#include "timeloom/runtime/layers/join_work.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <functional>

namespace timeloom::detail {

using plan::MergeMode;

SequenceView JoinWork::prepare(std::span<const SequenceView> inputs, bool) {
    inputs_.assign(inputs.begin(), inputs.end());
    output_ = view_in(output_memory_, inputs_[0].without_mask(), inputs_[0].timesteps, layer_.units);
    if (std::ranges::all_of(inputs_, [](const SequenceView& x) { return x.mask != nullptr; })) {
        mask_.reserve_zeroed(static_cast<std::size_t>(output_.timesteps * output_.padded_rows));
        output_.mask = mask_.data();
        output_.step_stride = output_.padded_rows;
    }
    return output_;
}

std::vector<SequenceView> JoinWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    diff_memory_.resize(inputs_.size());
    diff_inputs_.clear();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        diff_inputs_.push_back(view_in(diff_memory_[i], inputs_[i]));
    }
    return diff_inputs_;
}

void JoinWork::forward(const StepContext&) {
    if (output_.mask != nullptr) {
        join_masks();
    }
    for_each_row(output_, [&](int t, int b) { join_row(t, b); });
}

/// True if masked steps are zeros, and this is one.
bool JoinWork::is_zero(int t, int b) const {
    return !output_.counts(t, b) && (layer_.zeroes_masked || layer_.merge == MergeMode::mul);
}

void JoinWork::join_row(int t, int b) const {
    float* const y = output_.row(t, b);
    if (is_zero(t, b)) {
        std::fill_n(y, output_.width, 0.0f);
        return;
    }
    if (layer_.merge == MergeMode::concat) {
        float* at = y;
        for (const SequenceView& x : inputs_) {
            at = std::copy_n(x.row(t, b), x.width, at);
        }
        return;
    }
    if (layer_.merge == MergeMode::mul) {
        multiply_row(t, b);
        return;
    }
    std::copy_n(inputs_[0].row(t, b), output_.width, y);
    if (layer_.merge == MergeMode::sub) {
        std::transform(y, y + output_.width, inputs_[1].row(t, b), y, std::minus<>());
        return;
    }
    for (std::size_t i = 1; i < inputs_.size(); ++i) {
        std::transform(y, y + output_.width, inputs_[i].row(t, b), y, std::plus<>());
    }
    if (layer_.merge == MergeMode::ave) {
        const auto count = static_cast<float>(inputs_.size());
        std::transform(y, y + output_.width, y, [count](float sum) { return sum / count; });
    }
}

void JoinWork::multiply_row(int t, int b) const {
    float* const y = output_.row(t, b);
    std::fill_n(y, output_.width, 1.0f);
    for (const SequenceView& x : inputs_) {
        if (x.counts(t, b)) {
            std::transform(y, y + output_.width, x.row(t, b), y, std::multiplies<>());
        }
    }
}

void JoinWork::join_masks() {
    for_each_row(output_, [&](int t, int b) {
        const bool counts =
            std::ranges::any_of(inputs_, [&](const SequenceView& x) { return x.counts(t, b); });
        mask_.data()[t * output_.step_stride + b] = counts ? 1.0f : 0.0f;
    });
}

void JoinWork::backward(const StepContext&, float*) {
    for_each_row(output_, [&](int t, int b) { split_row(t, b); });
}

void JoinWork::split_row(int t, int b) const {
    const float* dy = diff_output_.row(t, b);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const int width = inputs_[i].width;
        float* const dx = diff_inputs_[i].row(t, b);
        const bool is_factor = layer_.merge != MergeMode::mul || inputs_[i].counts(t, b);
        if (is_zero(t, b) || !is_factor) {
            std::fill_n(dx, width, 0.0f);
            continue;
        }
        std::copy_n(dy, width, dx);
        switch (layer_.merge) {
        case MergeMode::concat:
            dy += width;
            break;
        case MergeMode::sum:
        case MergeMode::concat_time: // has a work of its own
            break;
        case MergeMode::sub:
            if (i == 1) {
                std::transform(dx, dx + width, dx, std::negate<>());
            }
            break;
        case MergeMode::mul:
            for (std::size_t other = 0; other < inputs_.size(); ++other) {
                if (other != i && inputs_[other].counts(t, b)) {
                    std::transform(dx, dx + width, inputs_[other].row(t, b), dx, std::multiplies<>());
                }
            }
            break;
        case MergeMode::ave: {
            const auto count = static_cast<float>(inputs_.size());
            std::transform(dx, dx + width, dx, [count](float d) { return d / count; });
            break;
        }
        }
    }
}

} // namespace timeloom::detail
