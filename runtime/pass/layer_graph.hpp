// The layers that one thread runs, in the order in which they are called, forward and backward.
#pragma once

#include "timeloom/runtime/base/function_ref.hpp"
#include "timeloom/runtime/cells/cell_work.hpp"
#include "timeloom/runtime/layers/embedding_work.hpp"
#include "timeloom/runtime/pass/look_ups.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/node_output.hpp"

#include <memory>
#include <span>
#include <vector>

namespace timeloom::detail {

/// A graph of calls of layers. Each node is one call and has memory of its own, so that a layer may be called
/// many times in a pass. Nodes read only nodes before them.
class LayerGraph {
  public:
    LayerGraph(const plan::Model& plan, ParameterView parameters) : plan_(plan), parameters_(parameters) {}

    /// Starts a pass whose calls are told one by one. As long as they are those of the pass before, nodes and
    /// their memory are used again.
    void begin_pass() { next_ = 0; }

    int add_input(const SequenceView& input);
    /// One call of the layer at `layer`; `states`: where the states of its cell start, none: at zero.
    int add(int layer, std::span<const NodeOutput> reads, std::span<const plan::StateSource> states,
            bool training);
    /// One sequence of several vectors, a step each.
    int add_stack(std::span<const NodeOutput> steps);
    void forward(int node, const StepContext& context);

    /// To be called in every pass: add_diff() will be asked for the gradient of this node's output.
    void ask_for_gradient(int node);

    /// To be called before the pass ends, where all calls are told before the first forward(): embeddings
    /// share their rows, and cells look products with them up.
    void look_up_embeddings(const LookUps& look_ups);
    /// Ends a pass: `output` is what the loss reads, its gradient comes in `diff_output`.
    void end_pass(const NodeOutput& output, const SequenceView& diff_output, bool training);
    /// `fill(first, count)` is called for piece after piece of time, before anything reads those steps of the
    /// first input; `done(first, count)` when those of the output are there, in order.
    void forward(const StepContext& context, function_ref<void(int, int)> fill,
                 function_ref<void(int, int)> done);
    /// Adds the gradients of all parameters; the loss's gradient stands in diff_output.
    void backward(const StepContext& context, float* gradients);

    /// What forward() fills.
    SequenceView view(const NodeOutput& output) const;
    /// True if that is a sequence, be it of one step, and not a vector.
    bool is_sequence(const NodeOutput& output) const {
        return output.step < 0 && nodes_[at(output.node)]->is_sequence;
    }
    /// Add the gradients of an output, or of a cell's state after its last step, as backward() left them.
    /// Where nothing that is trained or asked for comes before, there are none.
    void add_diff(const NodeOutput& output, const SequenceView& sum) const;
    void add_state_diff(int node, int state, const SequenceView& sum) const;
    CellWork* cell(int node) const { return nodes_[at(node)]->cell; }
    /// The layer that the node calls; -1: an input or a stack.
    int layer(int node) const { return nodes_[at(node)]->layer; }

    /// Adds `scale` times what flowed back step by step into calls of the embedding at `layer`, to the rows
    /// of its `table` whose token lies in [first, last).
    void add_embedding_gradient(int layer, std::int32_t first, std::int32_t last, float scale,
                                const TableGradient& table) const;

  private:
    struct Node {
        int layer = -1; ///< -1: an input or a stack
        std::unique_ptr<LayerWork> work;
        CellWork* cell = nullptr; ///< `work`, where it is one
        EmbeddingWork* embedding = nullptr;
        std::vector<NodeOutput> reads;
        std::vector<plan::StateSource> states;
        SequenceView output;
        bool is_sequence = true;
        bool has_parameters = false;
        bool is_asked_for = false;
        bool needs_gradient = false; ///< it is asked for, or there are parameters, here or before
        bool states_are_read = false;
        bool sums_diff = false; ///< several readers add to its gradient
        SequenceView diff;
        std::vector<SequenceView> diff_inputs; ///< gradients of what it reads
        aligned_buffer<float> diff_memory;
    };

    static SequenceView part_of(const SequenceView& all, const NodeOutput& part);
    static std::size_t at(int node) { return static_cast<std::size_t>(node); }
    bool reuses(int layer, std::span<const NodeOutput> reads, std::span<const plan::StateSource> states);
    int append(std::unique_ptr<Node> node, bool training);
    std::unique_ptr<LayerWork> make_work(const Node& node) const;
    bool feeds_gradient(const Node& node) const;
    void find_needed_gradients();
    void prepare_backward();
    void find_diff(int node);
    void pass_back(const Node& node) const;
    static bool is_looked_up(const Node& node) {
        return node.embedding != nullptr && !node.embedding->hands_out_steps();
    }
    bool continues(const Node& node, int previous) const;
    void find_nodes_in_pieces();
    void take_initial_states(Node& node) const;

    const plan::Model& plan_;
    ParameterView parameters_;
    std::vector<std::unique_ptr<Node>> nodes_;
    std::size_t next_ = 0;
    NodeOutput output_;
    SequenceView diff_output_;
    bool is_ready_for_backward_ = false;
    int first_in_pieces_ = 0, end_in_pieces_ = 0; ///< nodes that forward() runs piece by piece of time
    int steps_of_piece_ = 1;
};

} // namespace timeloom::detail
