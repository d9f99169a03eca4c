#include "timeloom/runtime/pass/row_group.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/base/prefetch_lines.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"

#include <algorithm>

namespace timeloom::detail {

// ---- Room ----

/// Few rows are computed one by one; more of them in whole tiles, the last one filled up with rows that do
/// not count.
RowGroup::RowGroup(const plan::Model& plan, ParameterView parameters, const CallFunction* call,
                   const LookUps& look_ups, int rows, bool training)
    : plan_(plan), rows_(rows), call_(call), graph_(plan, parameters), inputs_(plan.inputs.size()) {
    const int tile = plan_.tuning.row_tile;
    const int padded_rows = rows < tile / 2 ? rows : (rows + tile - 1) / tile * tile;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        prepare_input(plan.inputs[i], padded_rows, inputs_[i]);
    }
    prepare_output(padded_rows, training);
    if (call == nullptr) {
        call_layers_as_declared(look_ups, training);
    }
}

void RowGroup::prepare_input(const plan::Input& input, int padded_rows, InputMemory& memory) const {
    const int width = input.features > 0 ? plan::padded(input.features) : 0;
    const auto cells = static_cast<std::size_t>(padded_rows) * static_cast<std::size_t>(input.timesteps);
    memory.values.reserve_zeroed(cells * static_cast<std::size_t>(width));
    memory.tokens.assign(input.features > 0 ? 0 : cells, 0);
    memory.mask.reserve_zeroed(input.is_ragged ? cells : 0);
    memory.view = {.data = memory.values.data(),
                   .timesteps = input.timesteps,
                   .rows = rows_,
                   .padded_rows = padded_rows,
                   .width = input.features,
                   .row_stride = width,
                   .time_stride = std::ptrdiff_t{width} * padded_rows,
                   .tokens = input.features > 0 ? nullptr : memory.tokens.data(),
                   .mask = input.is_ragged ? memory.mask.data() : nullptr,
                   .step_stride = padded_rows};
}

/// The loss's gradient, in the shape that the model hands out. It is zero where no row of the batch is:
/// gradients must not come from rows that do not count.
void RowGroup::prepare_output(int padded_rows, bool training) {
    const plan::Layer& last = plan_.layers.back();
    diff_output_ = {.timesteps = last.output_timesteps(),
                    .rows = rows_,
                    .padded_rows = padded_rows,
                    .width = last.units,
                    .row_stride = plan::padded(last.units),
                    .time_stride = std::ptrdiff_t{plan::padded(last.units)} * padded_rows};
    if (training) {
        diff_output_memory_ = aligned_buffer<float>(static_cast<std::size_t>(diff_output_.time_stride) *
                                                    static_cast<std::size_t>(diff_output_.timesteps));
        diff_output_.data = diff_output_memory_.data();
    }
}

void RowGroup::call_layers_as_declared(const LookUps& look_ups, bool training) {
    graph_.begin_pass();
    for (const InputMemory& input : inputs_) {
        graph_.add_input(input.view);
    }
    int node = 0;
    for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
        const plan::Layer& layer = plan_.layers[i];
        std::vector<NodeOutput> reads;
        for (const plan::ValueSource& source : layer.reads) {
            reads.push_back({source.node, source.reversed});
        }
        node = graph_.add(static_cast<int>(i), reads, layer.initial_states, training);
    }
    output_ = graph_.view({node});
    graph_.look_up_embeddings(look_ups);
    graph_.end_pass({node}, diff_output_, training);
}

// ---- A batch's rows ----

void RowGroup::load(const Inputs& x, std::span<const std::size_t> samples, bool checks_values) {
    x_ = &x;
    samples_ = samples;
    checks_values_ = checks_values;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        if (i > 0 || call_ != nullptr || x[i].is_tokens()) {
            load(i, 0, inputs_[i].view.timesteps);
        } // else forward() does it, piece by piece
    }
}

/// Just before the values are copied, so that they come from memory once.
void RowGroup::check_values(std::size_t number, int first, int count) const {
    const SequenceView& view = inputs_[number].view;
    const auto timesteps = static_cast<std::size_t>(view.timesteps);
    const auto features = static_cast<std::size_t>(view.width);
    for (const std::size_t sample : samples_) {
        const std::span<const float> steps = (*x_)[number].vectors().values().subspan(
            (sample * timesteps + static_cast<std::size_t>(first)) * features,
            static_cast<std::size_t>(count) * features);
        if (!all_finite(steps)) {
            detail::check_values(plan_, number, *x_);
        }
    }
}

/// Time steps [first, first + count).
void RowGroup::load(std::size_t number, int first, int count) {
    if (checks_values_ && !(*x_)[number].is_tokens()) {
        check_values(number, first, count);
    }
    InputMemory& input = inputs_[number];
    const auto& x = (*x_)[number];
    const auto timesteps = static_cast<std::size_t>(input.view.timesteps);
    const auto features = static_cast<std::size_t>(input.view.width);
    for (int t = first; t < first + count; ++t) { // writes in order, which costs more than reading does
        for (std::size_t b = 0; b < samples_.size(); ++b) {
            const std::size_t step = samples_[b] * timesteps + static_cast<std::size_t>(t);
            const auto at = static_cast<std::size_t>(t * input.view.padded_rows) + b;
            if (x.is_tokens()) {
                input.tokens[at] = x.tokens().values[step];
            } else {
                const float* const values = x.vectors().data() + step * features;
                prefetch_lines(values + features, input.view.width); // of the next time step
                std::copy_n(values, features, input.view.row(t, static_cast<int>(b)));
            }
            if (input.view.mask != nullptr) {
                input.mask.data()[at] =
                    x.counts(samples_[b], static_cast<std::size_t>(t), timesteps) ? 1.0f : 0.0f;
            }
        }
    }
}

// ---- Passes ----

void RowGroup::forward(const StepContext& context, function_ref<void(int, int)> done) {
    if (call_ != nullptr) {
        make_call(context);
        return done(0, output_.timesteps);
    }
    const auto fill = [&](int first, int count) {
        if (!(*x_)[0].is_tokens()) {
            load(0, first, count);
        }
    };
    graph_.forward(context, fill, done);
}

void RowGroup::make_call(const StepContext& context) {
    graph_.begin_pass();
    for (const InputMemory& input : inputs_) {
        graph_.add_input(input.view);
    }
    watched_.clear();
    Call call(plan_, graph_, context, watched_);
    const NodeOutput result = call.checked(users_own([&] { return (*call_)(call); }));
    output_ = graph_.view(result);
    if (output_.width != diff_output_.width || output_.timesteps != diff_output_.timesteps) {
        throw Error("call: the model is declared to hand out " + std::to_string(diff_output_.timesteps) +
                    " time steps of " + std::to_string(diff_output_.width) +
                    " values, but the call returned " + std::to_string(output_.timesteps) + " of " +
                    std::to_string(output_.width));
    }
    graph_.end_pass(result, diff_output_, context.training);
}

SequenceView RowGroup::watched_view(const Watched& watched) const {
    return watched.state < 0 ? graph_.view(watched.value)
                             : graph_.cell(watched.value.node)->final_state(watched.state);
}

void RowGroup::add_watched_gradient(const Watched& watched, const SequenceView& sum) const {
    if (watched.state < 0) {
        graph_.add_diff(watched.value, sum);
    } else {
        graph_.add_state_diff(watched.value.node, watched.state, sum);
    }
}

} // namespace timeloom::detail
