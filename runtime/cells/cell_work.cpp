#include "timeloom/runtime/cells/cell_work.hpp"

#include "timeloom/runtime/cells/kept_states.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

using plan::KernelKind;
using plan::padded;

CellWork::CellWork(const plan::Model& model, int position, ParameterView parameters)
    : tuning_(model.tuning), layer_(model.layers[static_cast<std::size_t>(position)]), position_(position),
      kernels_(model, layer_),
      memory_(layer_, model.tuning), arguments_{layer_, parameters, memory_, model.dense_begin} {}

/// Time runs in the order in which the cell reads, in everything but the layer's input and its gradient.
SequenceView CellWork::in_order_of_reading(const SequenceView& v) const {
    return layer_.go_backwards ? v.reversed() : v;
}

KernelCall CellWork::bind(KernelKind kind) const {
    return bind_step_kernel(kernels_.for_rows(kind, arguments_.input.padded_rows), arguments_);
}

KernelCall CellWork::bind_forward(bool training) const {
    if (training) {
        return bind(KernelKind::forward_training);
    }
    const plan::Kernel& usual = kernels_.for_rows(KernelKind::forward, arguments_.input.padded_rows);
    const plan::Kernel* const ahead = kernels_.find(KernelKind::forward_ahead, 1);
    // It makes steps_ahead steps at once however few there are, and more rows would not fit into the cache.
    const bool is_worth_it = usual.variant == 1 && arguments_.input.timesteps >= tuning_.steps_ahead / 2 &&
                             arguments_.input.padded_rows < tuning_.row_tile;
    return bind_step_kernel(ahead != nullptr && is_worth_it ? *ahead : usual, arguments_);
}

/// True if kernels go through their weights forth in even steps and back in odd ones.
bool CellWork::takes_turns() const {
    return plan::block_count(layer_.units) > 1 && arguments_.input.padded_rows < tuning_.row_tile;
}

SequenceView CellWork::prepare(std::span<const SequenceView> inputs, bool training) {
    unmasked_input_ = in_order_of_reading(inputs[0]);
    arguments_.input = unmasked_input_;
    prepare_masks(training);
    memory_.reshape(arguments_.input);
    memory_.clear_initial_states();
    forward_ = {bind_forward(training), 0, arguments_.input.timesteps, takes_turns()};
    looked_up_ = nullptr;
    const int state = layer_.cell.output_state;
    const SequenceView all = state >= 0 ? memory_.next_state(state) : memory_.output();
    return layer_.return_sequences ? all : all.steps(all.timesteps - 1, 1).without_mask();
}

void CellWork::look_up_input(LookedUpInput& input, const SequenceView& numbers) {
    looked_up_ = &input;
    row_numbers_ = in_order_of_reading(numbers);
    forward_looked_up_ = {input.bind_forward(arguments_, kernels_, row_numbers_), 0,
                          arguments_.input.timesteps, takes_turns()};
}

std::vector<SequenceView> CellWork::prepare_backward(const SequenceView& diff_output) {
    arguments_.diff_output = diff_output;
    if (!layer_.return_sequences && layer_.cell.output_state < 0) {
        memory_.clear_diff_output();
    }
    backward_ = bind(KernelKind::backward);
    if (layer_.truncate > 0) {
        arguments_.is_last_window = false;
        backward_in_earlier_window_ = bind(KernelKind::backward);
        arguments_.is_last_window = true;
    }
    input_gradient_ = bind(KernelKind::input_gradient);
    if (!layer_.cell.states.empty()) {
        initial_gradient_ = bind(KernelKind::initial_state_gradient);
    }
    weight_gradients_ = bind_weight_gradients(kernels_, arguments_);
    if (layer_.cell.vectors > 0) {
        vector_gradient_ = bind_vector_gradient(kernels_.get(KernelKind::vector_gradient, 0), arguments_);
    }
    return {in_order_of_reading(memory_.diff_input())};
}

// ---- States from batch to batch ----

void CellWork::take_up_states(const StepContext& context) {
    for (int s = 0; s < layer_.cell.state_count(); ++s) {
        const SequenceView initial = memory_.previous_state(s);
        for (int b = 0; b < initial.rows; ++b) {
            std::ranges::copy(
                context.states->row(position_, s, static_cast<std::size_t>(context.first_row + b)),
                initial.row(0, b));
        }
    }
}

void CellWork::keep_states(const StepContext& context) {
    for (int s = 0; s < layer_.cell.state_count(); ++s) {
        const SequenceView states = memory_.next_state(s);
        for (int b = 0; b < states.rows; ++b) {
            const auto row =
                context.states->row(position_, s, static_cast<std::size_t>(context.first_row + b));
            std::copy_n(states.row(states.timesteps - 1, b), row.size(), row.begin());
        }
    }
}

// ---- The passes ----

void CellWork::forward(const StepContext& context) {
    if (context.training && layer_.rate > 0) {
        apply_input_dropout(context);
    }
    forward_steps(context, 0, arguments_.input.timesteps);
}

/// Dropout draws its mask for all steps together; a single row has its own way to keep its weights in cache.
bool CellWork::runs_in_pieces() const {
    const plan::Kernel& kernel = *forward_.call.entry();
    const bool has_dropout = layer_.rate > 0 && kernel.kind == KernelKind::forward_training;
    return !layer_.go_backwards && !has_dropout && kernel.variant == tuning_.row_tile;
}

void CellWork::forward_steps(const StepContext& context, int first, int count) {
    const bool keeps = layer_.stateful && context.states != nullptr;
    if (first == 0) {
        if (context.training && layer_.recurrent_rate > 0) {
            draw_recurrent_mask(context);
        }
        if (keeps && !initial_states_are_given_) {
            take_up_states(context);
        }
    }
    (looks_up_input() ? forward_looked_up_ : forward_).run_steps(first, count);
    if (keeps && first + count == arguments_.input.timesteps) {
        keep_states(context);
    }
}

void CellWork::ForwardCall::run_steps(int first_step, int steps) {
    if (first_step != first || steps != count) {
        call.select_time(first_step, steps, number);
        first = first_step, count = steps;
    }
    call();
    if (turns && count % 2 == 1) {
        number = 1 - number;
        call.number_time(number);
    }
}

/// Where only the last output goes on, its gradient reaches the kernel with the final state's, or, where it
/// is no state, after zeros for the steps before.
void CellWork::place_diff_output() {
    if (layer_.return_sequences || arguments_.gets_last_output_gradient()) {
        return;
    }
    if (layer_.cell.output_state >= 0) {
        add_to_diff_final_state(layer_.cell.output_state, arguments_.diff_output);
        return;
    }
    const SequenceView all = memory_.diff_output();
    for (int b = 0; b < all.padded_rows; ++b) {
        std::copy_n(arguments_.diff_output.row(0, b), padded(layer_.units), all.row(all.timesteps - 1, b));
    }
}

/// Truncated backpropagation goes through the windows of time from the last to the first. No gradient flows
/// from a window into the one before it.
void CellWork::backward(const StepContext& context, float* gradients) {
    place_diff_output();
    const int timesteps = arguments_.input.timesteps;
    const int window = layer_.truncate > 0 ? layer_.truncate : timesteps;
    for (int end = timesteps; end > 0;) {
        const int first = (end - 1) / window * window;
        go_back(first, end, end == timesteps ? backward_ : backward_in_earlier_window_, gradients);
        end = first;
    }
    if (needs_input_gradient && context.training && layer_.rate > 0) {
        multiply_by_mask(memory_.diff_input(), memory_.diff_input());
    }
}

/// Through the steps [first, last) of a window in pieces: gates are still in the cache when gradients are
/// made of them. The backward kernel's time runs from the window's last step, number 0, to its first.
void CellWork::go_back(int first, int last, KernelCall& backward, float* gradients) {
    const int timesteps = arguments_.input.timesteps;
    const int piece = memory_.steps_of_piece();
    for (int end = last; end > first;) {
        const int begin = std::max(first, end - piece);
        memory_.begin_piece(end - begin, end == last);
        backward.select_time(timesteps - end, end - begin, last - end);
        backward();
        accumulate_gradients(begin, end - begin, gradients);
        end = begin;
    }
}

void CellWork::accumulate_gradients(int first, int count, float* gradients) {
    for (WeightGradient& w : weight_gradients_) {
        if (!(w.reads_input && looks_up_input())) {
            w.call.select_time(first, count);
            w.add_to(gradients);
        }
    }
    if (layer_.cell.vectors > 0) {
        vector_gradient_.select_time(first, count);
        vector_gradient_.rebase_result(gradients + (layer_.vectors - arguments_.dense_begin));
        vector_gradient_();
    }
    if (looks_up_input()) {
        looked_up_->add_gates(memory_, row_numbers_, first, count);
    } else if (needs_input_gradient) {
        input_gradient_.select_time(first, count);
        input_gradient_();
    }
}

// ---- States that other layers hand over or take ----

SequenceView CellWork::final_state(int state) {
    const SequenceView all = memory_.next_state(state);
    return all.steps(all.timesteps - 1, 1).without_mask();
}

void CellWork::add_to_diff_final_state(int state, const SequenceView& diff) {
    add_rows(diff, memory_.diff_final_state(state));
}

} // namespace timeloom::detail
