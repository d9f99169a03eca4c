#include "timeloom/runtime/layers/elementwise_work.hpp"

#include "timeloom/runtime/layers/dropout_mask.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

SequenceView ElementwiseWork::prepare(std::span<const SequenceView> inputs, bool) {
    input_ = inputs[0];
    return output_ = view_in(output_memory_, input_);
}

std::vector<SequenceView> ElementwiseWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    return {diff_input_ = view_in(diff_input_memory_, input_)};
}

SequenceView DropoutWork::prepare(std::span<const SequenceView> inputs, bool training) {
    mask_.reserve_zeroed(static_cast<std::size_t>(std::max(4, plan::padded(inputs[0].width))));
    return ElementwiseWork::prepare(inputs, training);
}

/// Calls f(t, b, mask of the row). A row's mask depends on its place in the whole batch alone.
template <class F>
void DropoutWork::for_each_mask(const StepContext& context, F&& f) {
    for_each_row(input_, [&](int t, int b) {
        const auto row =
            static_cast<std::size_t>(context.first_row + b) * static_cast<std::size_t>(input_.timesteps) +
            static_cast<std::size_t>(t);
        fill_dropout_mask(context, stream_, layer_.rate, row * mask_.size(), mask_.span());
        f(t, b, mask_.data());
    });
}

void DropoutWork::forward(const StepContext& context) {
    if (!context.training || layer_.rate == 0) {
        for_each_row(input_,
                     [&](int t, int b) { std::copy_n(input_.row(t, b), input_.width, output_.row(t, b)); });
        return;
    }
    for_each_mask(context, [&](int t, int b, const float* mask) {
        std::transform(mask, mask + input_.width, input_.row(t, b), output_.row(t, b), std::multiplies<>());
    });
}

void DropoutWork::backward(const StepContext& context, float*) {
    for_each_mask(context, [&](int t, int b, const float* mask) {
        std::transform(mask, mask + input_.width, diff_output_.row(t, b), diff_input_.row(t, b),
                       std::multiplies<>());
    });
}

void SoftmaxWork::forward(const StepContext&) {
    for_each_row(input_, [&](int t, int b) {
        const float* x = input_.row(t, b);
        float* y = output_.row(t, b);
        const float highest = *std::max_element(x, x + input_.width);
        float sum = 0;
        for (int i = 0; i < input_.width; ++i) {
            sum += y[i] = std::exp(x[i] - highest);
        }
        std::transform(y, y + input_.width, y, [sum](float value) { return value / sum; });
    });
}

void SoftmaxWork::backward(const StepContext&, float*) {
    for_each_row(input_, [&](int t, int b) {
        const float* y = output_.row(t, b);
        const float* dy = diff_output_.row(t, b);
        float* dx = diff_input_.row(t, b);
        float inner = 0;
        for (int i = 0; i < input_.width; ++i) {
            inner += y[i] * dy[i];
        }
        for (int i = 0; i < input_.width; ++i) {
            dx[i] = y[i] * (dy[i] - inner);
        }
    });
}

} // namespace timeloom::detail
