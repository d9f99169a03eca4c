#include "timeloom/runtime/layers/shape_work.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <functional>

namespace timeloom::detail {

SequenceView RepeatWork::prepare(std::span<const SequenceView> inputs, bool) {
    input_ = inputs[0];
    SequenceView repeated = input_.without_mask();
    repeated.timesteps = layer_.timesteps;
    repeated.time_stride = 0;
    return repeated;
}

std::vector<SequenceView> RepeatWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    return {diff_input_ = view_in(diff_input_memory_, input_)};
}

void RepeatWork::backward(const StepContext&, float*) {
    for (int b = 0; b < input_.rows; ++b) {
        float* const sum = diff_input_.row(0, b);
        std::copy_n(diff_output_.row(0, b), input_.width, sum);
        for (int t = 1; t < diff_output_.timesteps; ++t) {
            std::transform(sum, sum + input_.width, diff_output_.row(t, b), sum, std::plus<>());
        }
    }
}

SequenceView FlattenWork::prepare(std::span<const SequenceView> inputs, bool) {
    input_ = inputs[0];
    return output_ = view_in(output_memory_, input_.without_mask(), 1, layer_.units);
}

std::vector<SequenceView> FlattenWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    return {diff_input_ = view_in(diff_input_memory_, input_)};
}

void FlattenWork::forward(const StepContext&) {
    for_each_row(input_, [&](int t, int b) {
        std::copy_n(input_.row(t, b), input_.width, output_.row(0, b) + std::ptrdiff_t{t} * input_.width);
    });
}

void FlattenWork::backward(const StepContext&, float*) {
    for_each_row(input_, [&](int t, int b) {
        std::copy_n(diff_output_.row(0, b) + std::ptrdiff_t{t} * input_.width, input_.width,
                    diff_input_.row(t, b));
    });
}

} // namespace timeloom::detail
