#include "timeloom/runtime/shard.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/finite.hpp"
#include "timeloom/runtime/input_checks.hpp"
#include "timeloom/runtime/prefetch_lines.hpp"

#include <algorithm>

namespace timeloom {

void Shard::set_call(const CallFunction* call) {
    call_ = call;
    rows_ = -1;
}

// ---- Room for a batch ----

void Shard::prepare(int rows, bool training) {
    if (rows == rows_ && training == training_) {
        return;
    }
    rows_ = -1; // until all is done: after a failure nothing counts as prepared
    training_ = training;
    const int tile = dsl::row_tile;
    // Few rows are computed one by one; more of them in whole tiles, the last one filled up with rows that do
    // not count.
    const int padded_rows = rows < tile / 2 ? rows : (rows + tile - 1) / tile * tile;
    graph_.clear();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        inputs_[i].view.rows = rows;
        prepare_input(plan_.network.inputs[i], padded_rows, inputs_[i]);
    }
    prepare_output(training);
    if (call_ == nullptr) {
        call_layers_as_declared();
    }
    rows_ = rows;
}

void Shard::prepare_input(const dsl::model_input& input, int padded_rows, InputMemory& memory) const {
    const int width = input.features > 0 ? dsl::padded(input.features) : 0;
    const auto cells = static_cast<std::size_t>(padded_rows) * static_cast<std::size_t>(input.timesteps);
    memory.values.reserve_zeroed(cells * static_cast<std::size_t>(width));
    memory.tokens.assign(input.features > 0 ? 0 : cells, 0);
    memory.mask.reserve_zeroed(input.is_ragged ? cells : 0);
    memory.view = {.data = memory.values.data(),
                   .timesteps = input.timesteps,
                   .rows = memory.view.rows,
                   .padded_rows = padded_rows,
                   .width = input.features,
                   .row_stride = width,
                   .time_stride = std::ptrdiff_t{width} * padded_rows,
                   .tokens = input.features > 0 ? nullptr : memory.tokens.data(),
                   .mask = input.is_ragged ? memory.mask.data() : nullptr,
                   .step_stride = padded_rows};
}

/// Targets and the loss's gradient, in the shape that the model hands out.
void Shard::prepare_output(bool training) {
    const dsl::layer& last = plan_.network.layers.back();
    const SequenceView& input = inputs_[0].view;
    diff_output_ = {.timesteps = last.output_timesteps(),
                    .rows = input.rows,
                    .padded_rows = input.padded_rows,
                    .width = last.units,
                    .row_stride = dsl::padded(last.units),
                    .time_stride = std::ptrdiff_t{dsl::padded(last.units)} * input.padded_rows};
    const auto output_rows =
        static_cast<std::size_t>(input.rows) * static_cast<std::size_t>(diff_output_.timesteps);
    targets_.reserve_zeroed(output_rows * static_cast<std::size_t>(last.units));
    weights_.reserve_zeroed(output_rows);
    if (training) {
        // Zero where no row of the batch is: gradients must not come from rows that do not count.
        diff_output_memory_ = aligned_buffer<float>(static_cast<std::size_t>(diff_output_.time_stride) *
                                                    static_cast<std::size_t>(diff_output_.timesteps));
        diff_output_.data = diff_output_memory_.data();
        gradients_.reserve_zeroed(plan_.layout.size() - plan_.layout.dense_begin());
    }
}

void Shard::call_layers_as_declared() {
    graph_.begin_pass();
    for (const InputMemory& input : inputs_) {
        graph_.add_input(input.view);
    }
    int node = 0;
    for (std::size_t i = 0; i < plan_.network.layers.size(); ++i) {
        const dsl::layer& layer = plan_.network.layers[i];
        std::vector<NodeOutput> reads;
        for (const dsl::value_source& source : layer.reads) {
            reads.push_back({source.node, source.reversed});
        }
        node = graph_.add(static_cast<int>(i), reads, layer.initial_states, training_);
    }
    output_ = graph_.view({node});
    graph_.look_up_embeddings();
    graph_.end_pass({node}, diff_output_, training_);
}

void Shard::load(const Inputs& x, std::span<const std::size_t> samples, bool checks_values) {
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
void Shard::check_values(std::size_t number, int first, int count) const {
    const SequenceView& view = inputs_[number].view;
    const auto timesteps = static_cast<std::size_t>(view.timesteps);
    const auto features = static_cast<std::size_t>(view.width);
    for (const std::size_t sample : samples_) {
        const std::span<const float> steps = (*x_)[number].vectors().values().subspan(
            (sample * timesteps + static_cast<std::size_t>(first)) * features,
            static_cast<std::size_t>(count) * features);
        if (!all_finite(steps)) {
            timeloom::check_values(plan_.network, number, *x_);
        }
    }
}

/// Time steps [first, first + count).
void Shard::load(std::size_t number, int first, int count) {
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

void Shard::forward(const StepContext& context, function_ref<void(int, int)> done) {
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

void Shard::make_call(const StepContext& context) {
    graph_.begin_pass();
    for (const InputMemory& input : inputs_) {
        graph_.add_input(input.view);
    }
    watched_.clear();
    Call call(plan_, graph_, context, watched_);
    const NodeOutput result = (*call_)(call).output_;
    output_ = graph_.view(result);
    if (output_.width != diff_output_.width || output_.timesteps != diff_output_.timesteps) {
        throw Error("call: the model is declared to hand out " + std::to_string(diff_output_.timesteps) +
                    " time steps of " + std::to_string(diff_output_.width) +
                    " values, but the call returned " + std::to_string(output_.timesteps) + " of " +
                    std::to_string(output_.width));
    }
    graph_.end_pass(result, diff_output_, context.training);
}

SequenceView Shard::watched_view(const Watched& watched) const {
    return watched.state < 0 ? graph_.view(watched.value)
                             : graph_.cell(watched.value.node)->final_state(watched.state);
}

void Shard::add_watched_gradient(const Watched& watched, const SequenceView& sum) const {
    if (watched.state < 0) {
        graph_.add_diff(watched.value, sum);
    } else {
        graph_.add_state_diff(watched.value.node, watched.state, sum);
    }
}

/// Calls f(predictions beside targets, time) for every time step of the output.
template <class F>
void Shard::for_each_output_step(bool class_targets, F&& f) const {
    const auto width = static_cast<std::size_t>(output_.width);
    const auto rows = static_cast<std::size_t>(output_.rows);
    const std::size_t target_width = class_targets ? 1 : width;
    for (int t = 0; t < output_.timesteps; ++t) {
        const std::size_t first = static_cast<std::size_t>(t) * rows;
        const PredictionRows step{output_.row(t, 0),
                                  static_cast<std::size_t>(output_.row_stride),
                                  targets_.data() + first * target_width,
                                  target_width,
                                  rows,
                                  width,
                                  weighted_ || output_.mask != nullptr ? weights_.data() + first : nullptr};
        f(step, t);
    }
}

/// Rows of the output that are masked weigh nothing.
void Shard::weight_by_mask() {
    if (output_.mask == nullptr) {
        return;
    }
    for (int t = 0; t < output_.timesteps; ++t) {
        for (int b = 0; b < output_.rows; ++b) {
            float& weight = weights_.data()[t * output_.rows + b];
            weight = !output_.counts(t, b) ? 0.0f : weighted_ ? weight : 1.0f;
        }
    }
}

std::size_t Shard::counted_rows() const {
    std::size_t count = 0;
    for (int t = 0; t < output_.timesteps; ++t) {
        for (int b = 0; b < output_.rows; ++b) {
            count += output_.counts(t, b) ? 1 : 0;
        }
    }
    return count;
}

double Shard::backward(const StepContext& context, const LossFunction& loss, std::size_t total_rows) {
    weight_by_mask();
    double share = 0;
    for_each_output_step(has_class_targets(loss.kind), [&](const PredictionRows& step, int t) {
        share += loss_and_gradient(loss, step, total_rows, diff_output_.row(t, 0),
                                   static_cast<std::size_t>(diff_output_.row_stride));
    });
    std::ranges::fill(gradients_, 0.0f);
    graph_.backward(context, gradients_.data());
    return share;
}

double Shard::loss(const LossFunction& loss, std::size_t total_rows) {
    weight_by_mask();
    double share = 0;
    for_each_output_step(has_class_targets(loss.kind), [&](const PredictionRows& step, int) {
        share += loss_and_gradient(loss, step, total_rows, nullptr, 0);
    });
    return share;
}

MetricTotal Shard::metric(Metric metric) const {
    MetricTotal total;
    for_each_output_step(metric == Metric::sparse_categorical_accuracy, [&](PredictionRows step, int t) {
        if (output_.mask == nullptr) {
            total += measure(metric, step);
            return;
        }
        step.rows = 1;
        for (int b = 0; b < output_.rows; ++b) {
            if (output_.counts(t, b)) {
                total += measure(metric, step);
            }
            step.predictions += step.prediction_stride;
            step.targets += step.target_stride;
        }
    });
    return total;
}

} // namespace timeloom
