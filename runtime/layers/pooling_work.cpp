#include "timeloom/runtime/layers/pooling_work.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <functional>

namespace timeloom::detail {

SequenceView PoolingWork::prepare(std::span<const SequenceView> inputs, bool) {
    input_ = inputs[0];
    found_.resize(static_cast<std::size_t>(input_.width));
    return output_ = view_in(output_memory_, input_.without_mask(), pooled_.windows(input_.timesteps),
                             input_.width);
}

std::vector<SequenceView> PoolingWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    return {diff_input_ = view_in(diff_input_memory_, input_)};
}

/// What of a window lies within the sequence. Padding is shared out to both ends, the odd step to the last.
PoolingWork::Window PoolingWork::window(int number) const {
    if (pooled_.size == 0) {
        return {0, input_.timesteps};
    }
    const int reached = (output_.timesteps - 1) * pooled_.strides + pooled_.size;
    const int before = pooled_.same_padding ? std::max(0, reached - input_.timesteps) / 2 : 0;
    const int begin = number * pooled_.strides - before;
    return {std::max(0, begin), std::min(input_.timesteps, begin + pooled_.size)};
}

bool PoolingWork::takes_part(int t, int b) const {
    return pooled_.size > 0 || pooled_.maximum || input_.counts(t, b);
}

int PoolingWork::steps_in(Window w, int b) const {
    int steps = 0;
    for (int t = w.begin; t < w.end; ++t) {
        steps += takes_part(t, b) ? 1 : 0;
    }
    return steps;
}

void PoolingWork::forward(const StepContext&) {
    for_each_row(output_, [&](int number, int b) {
        float* const y = output_.row(number, b);
        if (pooled_.maximum) {
            find_maximum(window(number), b, y);
        } else {
            find_mean(window(number), b, y);
        }
    });
}

void PoolingWork::find_mean(Window w, int b, float* y) const {
    const auto steps = static_cast<float>(std::max(1, steps_in(w, b)));
    std::fill_n(y, output_.width, 0.0f);
    for (int t = w.begin; t < w.end; ++t) {
        if (takes_part(t, b)) {
            std::transform(y, y + output_.width, input_.row(t, b), y, std::plus<>());
        }
    }
    std::transform(y, y + output_.width, y, [steps](float sum) { return sum / steps; });
}

/// What is no number stays none.
void PoolingWork::find_maximum(Window w, int b, float* y) const {
    std::copy_n(input_.row(w.begin, b), output_.width, y);
    for (int t = w.begin + 1; t < w.end; ++t) {
        std::transform(y, y + output_.width, input_.row(t, b), y,
                       [](float largest, float x) { return x > largest || x != x ? x : largest; });
    }
}

void PoolingWork::backward(const StepContext&, float*) {
    for_each_row(diff_input_, [&](int t, int b) { std::fill_n(diff_input_.row(t, b), input_.width, 0.0f); });
    for_each_row(output_, [&](int number, int b) {
        const float* const dy = diff_output_.row(number, b);
        if (pooled_.maximum) {
            pass_maximum_back(window(number), b, output_.row(number, b), dy);
        } else {
            pass_mean_back(window(number), b, dy);
        }
    });
}

void PoolingWork::pass_mean_back(Window w, int b, const float* dy) const {
    const auto steps = static_cast<float>(std::max(1, steps_in(w, b)));
    for (int t = w.begin; t < w.end; ++t) {
        if (takes_part(t, b)) {
            float* const dx = diff_input_.row(t, b);
            std::transform(dy, dy + output_.width, dx, dx,
                           [steps](float d, float sum) { return sum + d / steps; });
        }
    }
}

void PoolingWork::pass_maximum_back(Window w, int b, const float* y, const float* dy) {
    const bool first_only = pooled_.size > 0;
    float* const found = found_.data();
    std::ranges::fill(found_, 0.0f);
    for (int t = w.begin; !first_only && t < w.end; ++t) {
        const float* const x = input_.row(t, b);
        for (int i = 0; i < output_.width; ++i) {
            found[i] += x[i] == y[i] ? 1.0f : 0.0f;
        }
    }
    for (int t = w.begin; t < w.end; ++t) {
        const float* const x = input_.row(t, b);
        float* const dx = diff_input_.row(t, b);
        for (int i = 0; i < output_.width; ++i) {
            const bool is_largest = x[i] == y[i] && !(first_only && found[i] > 0);
            const float share = first_only ? 1.0f : std::max(1.0f, found[i]);
            dx[i] += is_largest ? dy[i] / share : 0.0f;
            found[i] += first_only && is_largest ? 1.0f : 0.0f;
        }
    }
}

} // namespace timeloom::detail
