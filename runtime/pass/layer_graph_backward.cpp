// How gradients go back through the layers of a pass.
#include "timeloom/runtime/pass/layer_graph.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

void set_to_zero(const SequenceView& v) {
    for (int t = 0; t < v.timesteps; ++t) {
        std::fill_n(v.row(t, 0), v.row_stride * v.padded_rows, 0.0f);
    }
}

} // namespace

void LayerGraph::ask_for_gradient(int node) {
    is_ready_for_backward_ = is_ready_for_backward_ && nodes_[at(node)]->is_asked_for;
    nodes_[at(node)]->is_asked_for = true;
}

void LayerGraph::find_needed_gradients() {
    for (const auto& node : nodes_) {
        const bool feeds = feeds_gradient(*node);
        node->needs_gradient = node->has_parameters || node->is_asked_for || feeds;
        if (node->work != nullptr) {
            node->work->needs_input_gradient = feeds;
        }
    }
}

/// Readers come after what they read, so that all of a node's readers are prepared before it is.
void LayerGraph::prepare_backward() {
    find_needed_gradients();
    for (int i = static_cast<int>(nodes_.size()); i-- > 0;) {
        Node& node = *nodes_[at(i)];
        node.diff_inputs.clear();
        node.diff = {};
        if (node.needs_gradient) {
            find_diff(i);
            if (node.work != nullptr) {
                node.diff_inputs = node.work->prepare_backward(node.diff);
            }
        }
    }
}

/// The gradient of a node that one reader reads whole is where that reader leaves it; others are sums.
void LayerGraph::find_diff(int node) {
    Node& n = *nodes_[at(node)];
    int readers = 0;
    SequenceView only;
    bool whole = true;
    const auto count = [&](const NodeOutput& read, const SequenceView& diff) {
        if (read.node == node) {
            ++readers;
            only = read.reversed ? diff.reversed() : diff;
            whole = whole && read.step < 0;
        }
    };
    for (std::size_t i = at(node) + 1; i < nodes_.size(); ++i) {
        for (std::size_t r = 0; r < nodes_[i]->diff_inputs.size(); ++r) {
            count(nodes_[i]->reads[r], nodes_[i]->diff_inputs[r]);
        }
        for (const plan::StateSource& s : nodes_[i]->states) {
            if (s.node == node && s.state < 0) {
                ++readers;
                whole = false;
            }
        }
    }
    if (output_.node == node) {
        count(output_, diff_output_);
    }
    n.sums_diff = readers != 1 || !whole;
    n.diff = n.sums_diff ? view_in(n.diff_memory, n.output) : only;
}

void LayerGraph::pass_back(const Node& node) const {
    const bool reads_steps = node.cell == nullptr || !node.cell->looks_up_input();
    for (std::size_t r = 0; reads_steps && r < node.diff_inputs.size(); ++r) {
        const Node& from = *nodes_[at(node.reads[r].node)];
        if (from.needs_gradient && from.sums_diff) {
            add_rows(node.diff_inputs[r], part_of(from.diff, node.reads[r]));
        }
    }
    if (node.cell == nullptr || node.states.empty()) {
        return;
    }
    node.cell->initial_state_gradient();
    for (std::size_t s = 0; s < node.states.size(); ++s) {
        const plan::StateSource& source = node.states[s];
        const Node& from = *nodes_[at(source.node)];
        const SequenceView diff = node.cell->diff_initial_state(static_cast<int>(s));
        if (source.state >= 0) {
            from.cell->add_to_diff_final_state(source.state, diff);
        } else if (from.needs_gradient) {
            add_rows(diff, from.diff);
        }
    }
}

void LayerGraph::add_diff(const NodeOutput& output, const SequenceView& sum) const {
    const Node& node = *nodes_[at(output.node)];
    if (node.needs_gradient) {
        add_rows(part_of(node.diff, output), sum);
    }
}

/// A cell adds the gradient of its last output to that of the state itself, where it hands on no others and
/// its states are read.
void LayerGraph::add_state_diff(int node, int state, const SequenceView& sum) const {
    const Node& n = *nodes_[at(node)];
    if (n.states_are_read) {
        add_rows(n.cell->diff_final_state(state), sum);
    }
    const bool apart = plan_.layers[at(n.layer)].return_sequences || !n.states_are_read;
    if (n.cell->output_state() == state && apart) {
        add_rows(n.diff.steps(n.diff.timesteps - 1, 1), sum);
    }
}

void LayerGraph::add_embedding_gradient(int layer, std::int32_t first, std::int32_t last, float scale,
                                        const TableGradient& table) const {
    for (const auto& node : nodes_) {
        if (node->embedding != nullptr && node->layer == layer) {
            node->embedding->add_gradient(first, last, scale, table);
        }
    }
}

void LayerGraph::backward(const StepContext& context, float* gradients) {
    for (const auto& node : nodes_) {
        if (node->needs_gradient && node->sums_diff && !is_looked_up(*node)) {
            set_to_zero(node->diff);
        }
        if (node->states_are_read) {
            node->cell->clear_diff_final_states();
        }
    }
    if (Node& last = *nodes_[at(output_.node)]; last.needs_gradient && last.sums_diff) {
        add_rows(diff_output_, part_of(last.diff, output_));
    }
    for (std::size_t i = nodes_.size(); i-- > 0;) {
        Node& node = *nodes_[i];
        if (node.needs_gradient && node.work != nullptr) {
            node.work->backward(context, gradients);
            pass_back(node);
        }
    }
}

} // namespace timeloom::detail
