// What one thread computes a part of a batch in: its rows, group after group, through all layers.
#pragma once

#include "timeloom/runtime/losses/losses.hpp"
#include "timeloom/runtime/pass/row_group.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

/// A metric under the name that compile() was given. Weights of samples count for those that are weighted.
struct NamedMetric {
    std::string name;
    Metric metric;
    bool is_weighted = false;
};

/// What the output is compared with: the loss is this part's share of the mean over `total_rows` rows.
struct Objective {
    const LossFunction& loss;
    std::size_t total_rows;
    const std::vector<NamedMetric>& metrics;
};

class Shard {
  public:
    /// `part_sizes`: of how many different sizes its parts of a batch are.
    Shard(const plan::Model& plan, ParameterView parameters, std::size_t part_sizes)
        : plan_(plan), parameters_(parameters), part_sizes_(part_sizes), look_ups_(plan, parameters) {}

    /// The layers are called by `call` from now on, or, where it is empty, as they are declared. It must
    /// outlive the shard.
    void set_call(const CallFunction* call);

    /// Allocates what a pass over `rows` rows needs, where the memory at hand does not suffice. There will be
    /// room for `most_rows`, on which the order of some sums depends.
    void prepare(int rows, int most_rows, bool training);
    int rows() const { return rows_; }
    /// Row b is sample `samples[b]`. Both are read until the pass is done. `checks_values`: the pass throws
    /// Error for values that are not finite. Reads no parameter.
    void load(const Inputs& x, std::span<const std::size_t> samples, bool checks_values = false);
    /// The rows of the embedding at `layer` that the samples name, where the pass is to learn and layers are
    /// called as declared.
    const NumberSet& named_rows(int layer) const { return look_ups_.named_rows(layer); }

    /// Where the caller puts targets, time-major like the output: as many values a row as the output has, or
    /// one where they are numbers of classes.
    std::span<float> targets() { return targets_.span(); }
    /// Where the caller puts the weights of the targets' rows, which count while `weighted` is set.
    std::span<float> weights() { return weights_.span(); }
    void set_weighted(bool weighted) { weighted_ = weighted; }

    /// Forward. Calls done(output, first row, first step, steps) as time steps of a group's output are there.
    void predict(const StepContext& context, function_ref<void(const SequenceView&, int, int, int)> done);
    /// Forward; returns the loss and adds the metrics. Masked rows of the output count for nothing.
    double evaluate(const StepContext& context, const Objective& objective, std::vector<MetricTotal>& totals);
    /// The same, and backward: `gradients` become those of all parameters behind dense_begin. Calls
    /// done(group, first row) after each group.
    double learn(const StepContext& context, const Objective& objective, std::vector<MetricTotal>& totals,
                 std::span<float> gradients, function_ref<void(const RowGroup&, int)> done);

    /// How many rows of the last output, over all time steps, no mask leaves out.
    std::size_t counted_rows() const { return counted_rows_; }
    /// Adds `scale` times the gradient of the embedding at `layer` to the rows of its `table` whose token
    /// lies in [first, last). Several shards share the table. Any split of the tokens gives the same bits.
    void add_embedding_gradient(int layer, std::int32_t first, std::int32_t last, float scale,
                                const TableGradient& table) const;

  private:
    struct Rows {
        int first, count;
    };
    int group_count() const;
    Rows rows_of_group(int number, int groups) const;
    RowGroup& group_of(int rows);
    template <class F>
    void for_each_group(const StepContext& context, F&& f);
    template <class F>
    void for_each_output_step(const RowGroup& group, int first_row, bool class_targets, F&& f) const;
    void count_rows(const RowGroup& group, int first_row);
    double loss(const RowGroup& group, int first_row, const Objective& objective, bool with_gradient) const;
    void add_metrics(const RowGroup& group, int first_row, const Objective& objective,
                     std::vector<MetricTotal>& totals) const;
    void add_metric(const RowGroup& group, int first_row, const NamedMetric& named, MetricTotal& total) const;

    const plan::Model& plan_;
    ParameterView parameters_;
    std::size_t part_sizes_;
    const CallFunction* call_ = nullptr;
    LookUps look_ups_;
    std::vector<std::unique_ptr<RowGroup>> groups_; ///< of different numbers of rows, the last used first
    const Inputs* x_ = nullptr;
    std::span<const std::size_t> samples_;
    int rows_ = -1, most_rows_ = 0, rows_together_ = 0;
    bool training_ = false;
    bool weighted_ = false;
    bool checks_values_ = false;
    std::size_t counted_rows_ = 0;
    aligned_buffer<float> targets_, weights_;
};

} // namespace timeloom::detail
