#include "timeloom/runtime/bidirectional_work.hpp"

#include "timeloom/runtime/sequence_memory.hpp"

#include <algorithm>
#include <functional>

namespace timeloom {

using dsl::merge_mode;

SequenceView BidirectionalWork::prepare(const SequenceView& input, bool training) {
    ahead_.output = forward_->prepare(input, training);
    back_.output = backward_->prepare(input, training).reversed();
    return output_ = view_in(output_memory_, ahead_.output, ahead_.output.timesteps, layer_.units);
}

SequenceView BidirectionalWork::prepare_backward(const SequenceView& diff_output) {
    forward_->needs_input_gradient = backward_->needs_input_gradient = needs_input_gradient;
    diff_output_ = diff_output;
    for (Direction* direction : {&ahead_, &back_}) {
        direction->diff_output = view_in(direction->diff_output_memory, direction->output);
    }
    ahead_.diff_input = forward_->prepare_backward(ahead_.diff_output);
    back_.diff_input = backward_->prepare_backward(back_.diff_output.reversed());
    return ahead_.diff_input;
}

void BidirectionalWork::forward(const StepContext& context) {
    forward_->forward(context);
    backward_->forward(context);
    const int width = ahead_.output.width;
    for_each_row(output_, [&](int t, int b) {
        const float* const f = ahead_.output.row(t, b);
        const float* const g = back_.output.row(t, b);
        float* const y = output_.row(t, b);
        switch (layer_.merge) {
        case merge_mode::concat:
            std::copy_n(g, width, std::copy_n(f, width, y));
            break;
        case merge_mode::sum:
            std::transform(f, f + width, g, y, std::plus<>());
            break;
        case merge_mode::mul:
            std::transform(f, f + width, g, y, std::multiplies<>());
            break;
        case merge_mode::ave:
            std::transform(f, f + width, g, y, [](float a, float c) { return (a + c) / 2; });
            break;
        }
    });
}

void BidirectionalWork::backward(const StepContext& context, float* gradients) {
    split_diff_output();
    forward_->backward(context, gradients);
    backward_->backward(context, gradients);
    if (needs_input_gradient) {
        add_diff_inputs();
    }
}

void BidirectionalWork::split_diff_output() const {
    const int width = ahead_.output.width;
    for_each_row(output_, [&](int t, int b) {
        const float* const dy = diff_output_.row(t, b);
        float* const df = ahead_.diff_output.row(t, b);
        float* const dg = back_.diff_output.row(t, b);
        switch (layer_.merge) {
        case merge_mode::concat:
            std::copy_n(dy, width, df);
            std::copy_n(dy + width, width, dg);
            break;
        case merge_mode::sum:
            std::copy_n(dy, width, df);
            std::copy_n(dy, width, dg);
            break;
        case merge_mode::mul:
            std::transform(dy, dy + width, back_.output.row(t, b), df, std::multiplies<>());
            std::transform(dy, dy + width, ahead_.output.row(t, b), dg, std::multiplies<>());
            break;
        case merge_mode::ave:
            std::transform(dy, dy + width, df, [](float d) { return d / 2; });
            std::copy_n(df, width, dg);
            break;
        }
    });
}

void BidirectionalWork::add_diff_inputs() const {
    for_each_row(ahead_.diff_input, [&](int t, int b) {
        float* const sum = ahead_.diff_input.row(t, b);
        std::transform(sum, sum + ahead_.diff_input.width, back_.diff_input.row(t, b), sum, std::plus<>());
    });
}

} // namespace timeloom
