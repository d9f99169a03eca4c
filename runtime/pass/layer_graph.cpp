#include "timeloom/runtime/pass/layer_graph.hpp"

#include "timeloom/runtime/layers/stack_work.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom::detail {

SequenceView LayerGraph::part_of(const SequenceView& all, const NodeOutput& part) {
    const SequenceView v = part.step < 0 ? all : all.steps(part.step, 1);
    return part.reversed ? v.reversed() : v;
}

SequenceView LayerGraph::view(const NodeOutput& output) const {
    return part_of(nodes_[at(output.node)]->output, output);
}

// ---- Building ----

/// True if this is the call that the pass before made here; otherwise that pass is forgotten from here on.
bool LayerGraph::reuses(int layer, std::span<const NodeOutput> reads,
                        std::span<const plan::StateSource> states) {
    if (next_ < nodes_.size()) {
        const Node& node = *nodes_[next_];
        if (node.layer == layer && std::ranges::equal(node.reads, reads) &&
            std::ranges::equal(node.states, states)) {
            return true;
        }
    }
    nodes_.resize(std::min(next_, nodes_.size()));
    is_ready_for_backward_ = false;
    return false;
}

int LayerGraph::add_input(const SequenceView& input) {
    if (!reuses(-1, {}, {})) {
        const bool is_sequence = plan_.inputs[next_].is_sequence;
        nodes_.push_back(std::make_unique<Node>());
        nodes_.back()->output = input;
        nodes_.back()->is_sequence = is_sequence;
    }
    return static_cast<int>(next_++);
}

int LayerGraph::add(int layer, std::span<const NodeOutput> reads, std::span<const plan::StateSource> states,
                    bool training) {
    const plan::Layer& called = plan_.layers[at(layer)];
    const plan::StateSource final_state{reads[0].node, called.state};
    if (called.kind == plan::LayerKind::final_state) {
        states = {&final_state, 1};
    }
    if (!reuses(layer, reads, states)) {
        auto node = std::make_unique<Node>();
        node->layer = layer;
        node->reads.assign(reads.begin(), reads.end());
        node->states.assign(states.begin(), states.end());
        node->is_sequence = called.hands_on_sequence(is_sequence(reads[0]));
        node->work = make_work(*node);
        node->cell = dynamic_cast<CellWork*>(node->work.get());
        node->embedding = dynamic_cast<EmbeddingWork*>(node->work.get());
        append(std::move(node), training);
    }
    return static_cast<int>(next_++);
}

int LayerGraph::add_stack(std::span<const NodeOutput> steps) {
    if (!reuses(-1, steps, {})) {
        auto node = std::make_unique<Node>();
        node->reads.assign(steps.begin(), steps.end());
        node->work = std::make_unique<StackWork>();
        append(std::move(node), true);
    }
    return static_cast<int>(next_++);
}

int LayerGraph::append(std::unique_ptr<Node> node, bool training) {
    std::vector<SequenceView> inputs;
    for (const NodeOutput& read : node->reads) {
        inputs.push_back(view(read));
    }
    node->output = node->work->prepare(inputs, training);
    node->has_parameters =
        node->embedding != nullptr || (node->layer >= 0 && plan_.layers[at(node->layer)].has_parameters);
    if (node->cell != nullptr && !node->states.empty()) {
        node->cell->let_initial_states_be_given();
    }
    for (const plan::StateSource& s : node->states) {
        if (s.state >= 0 && !nodes_[at(s.node)]->states_are_read) {
            nodes_[at(s.node)]->states_are_read = true;
            nodes_[at(s.node)]->cell->let_final_states_be_read();
        }
    }
    nodes_.push_back(std::move(node));
    return static_cast<int>(nodes_.size()) - 1;
}

void LayerGraph::look_up_embeddings(const LookUps& look_ups) {
    for (const auto& node : nodes_) {
        if (node->embedding != nullptr) {
            if (const DistinctRows* const rows = look_ups.rows(node->layer)) {
                node->embedding->share(*rows, look_ups.has_other_readers(node->layer));
            }
        } else if (LookedUpInput* const input = look_ups.input(node->layer)) {
            const NodeOutput& read = node->reads[0];
            node->cell->look_up_input(*input, part_of(nodes_[at(read.node)]->embedding->numbers(), read));
        }
    }
}

/// True if the gradient of anything that the node reads is asked for.
bool LayerGraph::feeds_gradient(const Node& node) const {
    const auto needed = [&](const auto& source) { return nodes_[at(source.node)]->needs_gradient; };
    return std::ranges::any_of(node.reads, needed) || std::ranges::any_of(node.states, needed);
}

// ---- Passes ----

void LayerGraph::take_initial_states(Node& node) const {
    for (std::size_t s = 0; s < node.states.size(); ++s) {
        const plan::StateSource& source = node.states[s];
        const Node& from = *nodes_[at(source.node)];
        const SequenceView start = source.state >= 0 ? from.cell->final_state(source.state) : from.output;
        const SequenceView initial = node.cell->initial_state(static_cast<int>(s));
        for_each_row(initial,
                     [&](int t, int b) { std::copy_n(start.row(t, b), initial.width, initial.row(t, b)); });
    }
}

void LayerGraph::forward(int node, const StepContext& context) {
    Node& n = *nodes_[at(node)];
    if (n.work == nullptr) {
        return;
    }
    if (n.cell != nullptr && !n.states.empty()) {
        take_initial_states(n);
    }
    n.work->forward(context);
}

/// True if the node reads, step by step, just what the one before it hands out: all steps of the first input.
bool LayerGraph::continues(const Node& node, int previous) const {
    const bool all_steps = nodes_[at(previous)]->output.timesteps == nodes_[0]->output.timesteps;
    return all_steps && node.work != nullptr && node.work->runs_in_pieces() && node.states.empty() &&
           node.reads.size() == 1 && node.reads[0] == NodeOutput{previous};
}

/// The layers that follow each other from the first input on. In pieces of time, what one of them hands to
/// the next is still in the cache when that reads it.
void LayerGraph::find_nodes_in_pieces() {
    const auto cache = static_cast<std::ptrdiff_t>(plan_.tuning.cache);
    const auto is_input = [](const auto& node) { return node->layer < 0 && node->work == nullptr; };
    first_in_pieces_ = static_cast<int>(std::ranges::count_if(nodes_, is_input));
    end_in_pieces_ = first_in_pieces_;
    const SequenceView& input = nodes_[0]->output;
    std::ptrdiff_t values_of_step = input.time_stride;
    int together = 1;
    for (int previous = 0; end_in_pieces_ < static_cast<int>(nodes_.size()); ++end_in_pieces_) {
        const Node& node = *nodes_[at(end_in_pieces_)];
        if (!continues(node, previous)) {
            break;
        }
        values_of_step += node.output.time_stride;
        together = std::lcm(together, node.work->steps_together());
        previous = end_in_pieces_;
    }
    steps_of_piece_ = input.timesteps;
    if (end_in_pieces_ > first_in_pieces_) {
        const auto steps =
            static_cast<int>(std::min<std::ptrdiff_t>(cache / values_of_step, input.timesteps));
        steps_of_piece_ = std::max(1, steps / together) * together;
    }
}

void LayerGraph::forward(const StepContext& context, function_ref<void(int, int)> fill,
                         function_ref<void(int, int)> done) {
    const int timesteps = nodes_[0]->output.timesteps;
    const int all = static_cast<int>(nodes_.size()), output_steps = view(output_).timesteps;
    const bool output_in_pieces =
        end_in_pieces_ == all && output_ == NodeOutput{all - 1} && output_steps == timesteps;
    for (int first = 0; first < timesteps; first += steps_of_piece_) {
        const int count = std::min(steps_of_piece_, timesteps - first);
        fill(first, count);
        for (int node = first_in_pieces_; node < end_in_pieces_; ++node) {
            nodes_[at(node)]->work->forward_steps(context, first, count);
        }
        if (output_in_pieces) {
            done(first, count);
        }
    }
    for (int node = end_in_pieces_; node < all; ++node) {
        forward(node, context);
    }
    if (!output_in_pieces) {
        done(0, output_steps);
    }
}

void LayerGraph::end_pass(const NodeOutput& output, const SequenceView& diff_output, bool training) {
    if (nodes_.size() > next_ || !(output == output_) || diff_output.data != diff_output_.data) {
        nodes_.resize(next_);
        is_ready_for_backward_ = false;
    }
    output_ = output;
    diff_output_ = diff_output;
    find_nodes_in_pieces();
    if (training && !is_ready_for_backward_) {
        prepare_backward();
        is_ready_for_backward_ = true;
    }
}

} // namespace timeloom::detail
