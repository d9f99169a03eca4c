#include "timeloom/runtime/pass/shard.hpp"

#include "timeloom/runtime/pass/rows_together.hpp"

#include <algorithm>

namespace timeloom::detail {

void Shard::set_call(const CallFunction* call) {
    call_ = call;
    most_rows_ = 0;
}

// ---- Room for a batch ----

void Shard::prepare(int rows, int most_rows, bool training) {
    rows_ = -1; // until all is done: after a failure nothing counts as prepared
    // What is looked up is summed in an order that depends on the rows there is room for.
    const bool fits = look_ups_.are_any() ? most_rows == most_rows_ : most_rows <= most_rows_;
    if (!fits || training != training_) {
        groups_.clear();
        most_rows_ = 0;
        training_ = training;
        look_ups_.clear();
        if (call_ == nullptr) {
            look_ups_.prepare(most_rows, training);
        }
        rows_together_ = rows_together(plan_, training);
        most_rows_ = most_rows;
    }
    const plan::Layer& last = plan_.layers.back();
    const auto output_rows =
        static_cast<std::size_t>(rows) * static_cast<std::size_t>(last.output_timesteps());
    targets_.reserve_zeroed(output_rows * static_cast<std::size_t>(last.units));
    weights_.reserve_zeroed(output_rows);
    rows_ = rows;
}

void Shard::load(const Inputs& x, std::span<const std::size_t> samples, bool checks_values) {
    x_ = &x;
    samples_ = samples;
    checks_values_ = checks_values;
    look_ups_.find(x, samples);
}

// ---- Groups of rows ----

/// What flows back into an embedding step by step has to be there for all rows when threads share it out.
int Shard::group_count() const {
    const auto is_embedding = [](const plan::Layer& l) { return l.kind == plan::LayerKind::embedding; };
    const bool keeps_steps =
        call_ == nullptr ? look_ups_.hand_out_steps() : std::ranges::any_of(plan_.layers, is_embedding);
    return training_ && keeps_steps ? 1 : (rows_ - 1) / rows_together_ + 1;
}

/// Divides the rows into groups of whole tiles that differ by one tile at most.
Shard::Rows Shard::rows_of_group(int number, int groups) const {
    const int tile = plan_.tuning.row_tile;
    const std::int64_t tiles = (rows_ + tile - 1) / tile;
    const auto begin = [&](int group) {
        return static_cast<int>(std::min<std::int64_t>(rows_, tiles * group / groups * tile));
    };
    return {begin(number), begin(number + 1) - begin(number)};
}

/// The group for so many rows, which is made when it is first asked for. Six groups are kept, because a batch
/// has groups of at most three sizes, and the last batch of an epoch may have three others. A group of all
/// rows is large, so that only those of the parts of a batch are kept.
RowGroup& Shard::group_of(int rows) {
    const std::size_t most_kept = rows == rows_ ? part_sizes_ : 6;
    auto found = std::ranges::find(groups_, rows, [](const auto& group) { return group->rows(); });
    if (found == groups_.end()) {
        while (groups_.size() >= most_kept) {
            groups_.pop_back();
        }
        groups_.push_back(std::make_unique<RowGroup>(plan_, parameters_, call_, look_ups_, rows, training_));
        found = groups_.end() - 1;
    }
    std::rotate(groups_.begin(), found, found + 1);
    return *groups_.front();
}

/// Calls f(group, first row, its context) for all groups, with their inputs loaded.
template <class F>
void Shard::for_each_group(const StepContext& context, F&& f) {
    counted_rows_ = 0;
    const int groups = group_count();
    for (int g = 0; g < groups; ++g) {
        const Rows rows = rows_of_group(g, groups);
        RowGroup& group = group_of(rows.count);
        group.load(
            *x_, samples_.subspan(static_cast<std::size_t>(rows.first), static_cast<std::size_t>(rows.count)),
            checks_values_);
        StepContext of_group = context;
        of_group.first_row += rows.first;
        f(group, rows.first, of_group);
    }
}

// ---- Passes ----

void Shard::predict(const StepContext& context, function_ref<void(const SequenceView&, int, int, int)> done) {
    look_ups_.multiply();
    for_each_group(context, [&](RowGroup& group, int first_row, const StepContext& of_group) {
        group.forward(of_group, [&](int first, int count) { done(group.output(), first_row, first, count); });
    });
}

double Shard::evaluate(const StepContext& context, const Objective& objective,
                       std::vector<MetricTotal>& totals) {
    look_ups_.multiply();
    double share = 0;
    for_each_group(context, [&](RowGroup& group, int first_row, const StepContext& of_group) {
        group.forward(of_group, [](int, int) {});
        count_rows(group, first_row);
        share += loss(group, first_row, objective, false);
        add_metrics(group, first_row, objective, totals);
    });
    return share;
}

double Shard::learn(const StepContext& context, const Objective& objective, std::vector<MetricTotal>& totals,
                    std::span<float> gradients, function_ref<void(const RowGroup&, int)> done) {
    look_ups_.multiply();
    std::ranges::fill(gradients, 0.0f);
    look_ups_.begin_backward();
    double share = 0;
    for_each_group(context, [&](RowGroup& group, int first_row, const StepContext& of_group) {
        group.forward(of_group, [](int, int) {});
        count_rows(group, first_row);
        share += loss(group, first_row, objective, true);
        group.backward(of_group, gradients.data());
        add_metrics(group, first_row, objective, totals);
        done(group, first_row);
    });
    look_ups_.finish_backward(gradients.data());
    return share;
}

void Shard::add_embedding_gradient(int layer, std::int32_t first, std::int32_t last, float scale,
                                   const TableGradient& table) const {
    look_ups_.add_gradient(layer, first, last, scale, table);
    if (group_count() == 1) { // else nothing has flowed back step by step
        groups_.front()->graph().add_embedding_gradient(layer, first, last, scale, table);
    }
}

// ---- Output beside targets ----

/// Rows of the output that are masked weigh nothing.
void Shard::count_rows(const RowGroup& group, int first_row) {
    const SequenceView& output = group.output();
    for (int t = 0; t < output.timesteps; ++t) {
        for (int b = 0; b < output.rows; ++b) {
            const bool counts = output.counts(t, b);
            counted_rows_ += counts ? 1 : 0;
            if (output.mask != nullptr) {
                float& weight = weights_.data()[std::ptrdiff_t{t} * rows_ + first_row + b];
                weight = !counts ? 0.0f : weighted_ ? weight : 1.0f;
            }
        }
    }
}

/// Calls f(predictions beside targets, time) for every time step of the output.
template <class F>
void Shard::for_each_output_step(const RowGroup& group, int first_row, bool class_targets, F&& f) const {
    const SequenceView& output = group.output();
    const auto width = static_cast<std::size_t>(output.width);
    const std::size_t target_width = class_targets ? 1 : width;
    for (int t = 0; t < output.timesteps; ++t) {
        const auto first = static_cast<std::size_t>(std::int64_t{t} * rows_ + first_row);
        const PredictionRows step{output.row(t, 0),
                                  static_cast<std::size_t>(output.row_stride),
                                  targets_.data() + first * target_width,
                                  target_width,
                                  static_cast<std::size_t>(output.rows),
                                  width,
                                  weighted_ || output.mask != nullptr ? weights_.data() + first : nullptr};
        f(step, t);
    }
}

double Shard::loss(const RowGroup& group, int first_row, const Objective& objective,
                   bool with_gradient) const {
    const SequenceView& diff = group.diff_output();
    double share = 0;
    for_each_output_step(group, first_row, has_class_targets(objective.loss.kind),
                         [&](const PredictionRows& step, int t) {
                             share += loss_and_gradient(objective.loss, step, objective.total_rows,
                                                        with_gradient ? diff.row(t, 0) : nullptr,
                                                        static_cast<std::size_t>(diff.row_stride));
                         });
    return share;
}

void Shard::add_metrics(const RowGroup& group, int first_row, const Objective& objective,
                        std::vector<MetricTotal>& totals) const {
    for (std::size_t m = 0; m < objective.metrics.size(); ++m) {
        add_metric(group, first_row, objective.metrics[m], totals[m]);
    }
}

void Shard::add_metric(const RowGroup& group, int first_row, const NamedMetric& named,
                       MetricTotal& total) const {
    const SequenceView& output = group.output();
    const bool class_targets = named.metric == Metric::sparse_categorical_accuracy;
    for_each_output_step(group, first_row, class_targets, [&](PredictionRows step, int t) {
        if (named.is_weighted) {
            return measure(named.metric, step, total);
        }
        step.weights = nullptr;
        if (output.mask == nullptr) {
            return measure(named.metric, step, total);
        }
        step.rows = 1;
        for (int b = 0; b < output.rows; ++b) {
            if (output.counts(t, b)) {
                measure(named.metric, step, total);
            }
            step.predictions += step.prediction_stride;
            step.targets += step.target_stride;
        }
    });
}

} // namespace timeloom::detail
