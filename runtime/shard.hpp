// One thread's share of a batch: its rows through all layers, forward and backward.
#pragma once

#include "timeloom/runtime/call.hpp"
#include "timeloom/runtime/inputs.hpp"
#include "timeloom/runtime/layer_graph.hpp"
#include "timeloom/runtime/losses.hpp"

#include <span>
#include <vector>

namespace timeloom {

class Shard {
  public:
    Shard(const ModelPlan& plan, ParameterView parameters)
        : plan_(plan), graph_(plan, parameters), inputs_(plan.network.inputs.size()) {}

    /// The layers are called by `call` from now on, or, where it is empty, as they are declared. It must
    /// outlive the shard.
    void set_call(const CallFunction* call);

    /// Makes room for `rows` rows, of which those of the inputs are then set by the caller.
    void prepare(int rows, bool training);
    int rows() const { return rows_; }
    /// Copies rows of the inputs in: row b is sample `samples[b]`. Both are read until forward() is done.
    /// `checks_values`: throws Error for values that are not finite, here or in forward().
    void load(const Inputs& x, std::span<const std::size_t> samples, bool checks_values = false);

    /// Where the caller puts targets, time-major like the output: as many values a row as the output has, or
    /// one where they are numbers of classes.
    std::span<float> targets() { return targets_.span(); }
    /// Where the caller puts the weights of the targets' rows, which count while `weighted` is set.
    std::span<float> weights() { return weights_.span(); }
    void set_weighted(bool weighted) { weighted_ = weighted; }

    const SequenceView& output() const { return output_; }

    void forward(const StepContext& context) {
        forward(context, [](int, int) {});
    }
    /// Calls done(first, count) when these time steps of the output are there, in order.
    void forward(const StepContext& context, function_ref<void(int, int)> done);
    /// Adds this shard's share of the loss over `total_rows` rows and its gradients; forward() comes first.
    double backward(const StepContext& context, const LossFunction& loss, std::size_t total_rows);
    /// Loss and metrics of the rows, without gradients. Masked rows of the output count for nothing.
    double loss(const LossFunction& loss, std::size_t total_rows);
    MetricTotal metric(Metric metric) const;
    /// Rows of the output, all time steps, that are not masked.
    std::size_t counted_rows() const;

    /// Gradients of all parameters behind dense_begin(); cleared by backward().
    std::span<const float> gradients() const { return gradients_.span(); }
    const LayerGraph& graph() const { return graph_; }

    /// What the call asked to watch, and the gradients after backward(), which are added to `sum`.
    const std::vector<Watched>& watched() const { return watched_; }
    SequenceView watched_view(const Watched& watched) const;
    void add_watched_gradient(const Watched& watched, const SequenceView& sum) const;

  private:
    struct InputMemory {
        SequenceView view;
        aligned_buffer<float> values, mask;
        std::vector<std::int32_t> tokens;
    };

    void prepare_input(const dsl::model_input& input, int padded_rows, InputMemory& memory) const;
    void prepare_output(bool training);
    void call_layers_as_declared();
    void load(std::size_t input, int first, int count);
    void check_values(std::size_t input, int first, int count) const;
    void make_call(const StepContext& context);
    void weight_by_mask();
    template <class F>
    void for_each_output_step(bool class_targets, F&& f) const;

    const ModelPlan& plan_;
    LayerGraph graph_;
    const CallFunction* call_ = nullptr;
    std::vector<Watched> watched_;
    std::vector<InputMemory> inputs_;
    const Inputs* x_ = nullptr;
    std::span<const std::size_t> samples_;
    int rows_ = -1;
    SequenceView output_, diff_output_;
    bool training_ = false;
    bool weighted_ = false;
    bool checks_values_ = false;
    aligned_buffer<float> targets_, weights_, diff_output_memory_, gradients_;
};

} // namespace timeloom
