#include "timeloom/runtime/layers/time_join_work.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

template <class F>
void TimeJoinWork::for_each_input(F&& f) const {
    int first = 0;
    for (const SequenceView& x : inputs_) {
        f(x, first);
        first += x.timesteps;
    }
}

SequenceView TimeJoinWork::prepare(std::span<const SequenceView> inputs, bool) {
    inputs_.assign(inputs.begin(), inputs.end());
    int timesteps = 0;
    for_each_input([&](const SequenceView& x, int first) { timesteps = first + x.timesteps; });
    output_ = view_in(memory_, inputs_[0].without_mask(), timesteps, inputs_[0].width);
    if (std::ranges::any_of(inputs_, [](const SequenceView& x) { return x.mask != nullptr; })) {
        mask_.reserve_zeroed(static_cast<std::size_t>(timesteps * output_.padded_rows));
        output_.mask = mask_.data();
        output_.step_stride = output_.padded_rows;
    }
    return output_;
}

std::vector<SequenceView> TimeJoinWork::prepare_backward(const SequenceView& diff_output) {
    std::vector<SequenceView> diff_inputs;
    for_each_input([&](const SequenceView& x, int first) {
        diff_inputs.push_back(diff_output.steps(first, x.timesteps));
    });
    return diff_inputs;
}

void TimeJoinWork::forward(const StepContext&) {
    for_each_input([&](const SequenceView& x, int first) {
        for_each_row(x, [&](int t, int b) {
            std::copy_n(x.row(t, b), x.width, output_.row(first + t, b));
            if (output_.mask != nullptr) {
                mask_.data()[(first + t) * output_.step_stride + b] = x.counts(t, b) ? 1.0f : 0.0f;
            }
        });
    });
}

} // namespace timeloom::detail
