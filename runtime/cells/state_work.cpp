#include "timeloom/runtime/cells/state_work.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

SequenceView MaskingWork::prepare(std::span<const SequenceView> inputs, bool training) {
    ElementwiseWork::prepare(inputs, training);
    mask_.reserve_zeroed(static_cast<std::size_t>(input_.timesteps * input_.padded_rows));
    output_.mask = mask_.data();
    output_.step_stride = input_.padded_rows;
    return output_;
}

void MaskingWork::forward(const StepContext&) {
    for_each_row(input_, [&](int t, int b) {
        const float* const x = input_.row(t, b);
        const bool counts = input_.counts(t, b) && std::any_of(x, x + input_.width, [&](float value) {
                                return value != layer_.mask_value;
                            });
        const float mask = counts ? 1.0f : 0.0f;
        mask_.data()[t * output_.step_stride + b] = mask;
        std::transform(x, x + input_.width, output_.row(t, b), [mask](float value) { return value * mask; });
    });
}

void MaskingWork::backward(const StepContext&, float*) {
    for_each_row(input_, [&](int t, int b) {
        const float* const dy = diff_output_.row(t, b);
        const float mask = mask_.data()[t * output_.step_stride + b];
        std::transform(dy, dy + input_.width, diff_input_.row(t, b), [mask](float d) { return d * mask; });
    });
}

} // namespace timeloom::detail
