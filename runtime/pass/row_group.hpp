// Some rows of a batch through all layers, forward and backward.
#pragma once

#include "timeloom/runtime/pass/call.hpp"
#include "timeloom/runtime/pass/layer_graph.hpp"
#include "timeloom/runtime/tensors/inputs.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

class RowGroup {
  public:
    /// Room for `rows` rows. The layers are called by `call`, or, where that is null, as they are declared,
    /// and then what `look_ups` has looked up is not computed again. Both must outlive the group.
    RowGroup(const plan::Model& plan, ParameterView parameters, const CallFunction* call,
             const LookUps& look_ups, int rows, bool training);

    int rows() const { return rows_; }
    /// Copies rows of the inputs in: row b is sample `samples[b]`. Both are read until forward() is done.
    /// `checks_values`: throws Error for values that are not finite, here or in forward().
    void load(const Inputs& x, std::span<const std::size_t> samples, bool checks_values);
    /// Calls done(first, count) when these time steps of the output are there, in order.
    void forward(const StepContext& context, function_ref<void(int, int)> done);
    const SequenceView& output() const { return output_; }

    /// Where the caller puts the loss's gradient before backward(), which adds those of the parameters.
    const SequenceView& diff_output() const { return diff_output_; }
    void backward(const StepContext& context, float* gradients) { graph_.backward(context, gradients); }
    const LayerGraph& graph() const { return graph_; }

    /// What the call asked to watch, and the gradients after backward(), which are added to `sum`.
    const std::vector<Watched>& watched() const { return watched_; }
    SequenceView watched_view(const Watched& watched) const;
    bool watches_sequence(const Watched& watched) const {
        return watched.state < 0 && graph_.is_sequence(watched.value);
    }
    void add_watched_gradient(const Watched& watched, const SequenceView& sum) const;

  private:
    struct InputMemory {
        SequenceView view;
        aligned_buffer<float> values, mask;
        std::vector<std::int32_t> tokens;
    };

    void prepare_input(const plan::Input& input, int padded_rows, InputMemory& memory) const;
    void prepare_output(int padded_rows, bool training);
    void call_layers_as_declared(const LookUps& look_ups, bool training);
    void load(std::size_t input, int first, int count);
    void check_values(std::size_t input, int first, int count) const;
    void make_call(const StepContext& context);

    const plan::Model& plan_;
    const int rows_;
    const CallFunction* const call_;
    LayerGraph graph_;
    std::vector<InputMemory> inputs_;
    std::vector<Watched> watched_;
    const Inputs* x_ = nullptr;
    std::span<const std::size_t> samples_;
    bool checks_values_ = false;
    SequenceView output_, diff_output_;
    aligned_buffer<float> diff_output_memory_;
};

} // namespace timeloom::detail
