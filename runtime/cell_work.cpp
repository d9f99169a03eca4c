#include "timeloom/runtime/cell_work.hpp"

#include "timeloom/runtime/dropout_mask.hpp"
#include "timeloom/runtime/kept_states.hpp"

#include <algorithm>

namespace timeloom {

using dsl::kernel_kind;
using dsl::padded;

namespace {

/// Rows of the mask start at multiples of four, the numbers of a block of the generator.
std::size_t mask_stride(const dsl::layer& layer) {
    return static_cast<std::size_t>(std::max(4, padded(layer.features)));
}

} // namespace

CellWork::CellWork(const dsl::layer& layer, int position, const KernelTable& kernels,
                   const ParameterLayout& layout, const TransposedOffsets& transposed,
                   ParameterView parameters)
    : layer_(layer), position_(position), kernels_(kernels, position - layer.kernels_before),
      dense_begin_(layout.dense_begin()),
      memory_(layer), arguments_{layer, layout.layer(static_cast<std::size_t>(position)), transposed,
                                 parameters, memory_} {
    const dsl::graph& g = layer.cell.step;
    for (int s = 0; s < g.states.size(); ++s) {
        if (g.states[s].next == g.output) {
            arguments_.output_state = s;
        }
    }
}

/// Time runs in the order in which the cell reads, in everything but the layer's input and its gradient.
SequenceView CellWork::in_order_of_reading(const SequenceView& v) const {
    return layer_.go_backwards ? v.reversed() : v;
}

KernelCall CellWork::bind(kernel_kind kind) const {
    return bind_step_kernel(kernels_.for_rows(kind, arguments_.input.padded_rows), arguments_);
}

SequenceView CellWork::prepare(const SequenceView& input, bool training) {
    unmasked_input_ = in_order_of_reading(input);
    SequenceView& read = arguments_.input;
    read = unmasked_input_;
    if (training && layer_.rate > 0) {
        read.row_stride = padded(layer_.features);
        read.time_stride = read.row_stride * input.padded_rows;
        masked_input_.reserve_zeroed(static_cast<std::size_t>(read.time_stride * input.timesteps));
        mask_.reserve_zeroed(static_cast<std::size_t>(input.padded_rows) * mask_stride(layer_));
        read.data = masked_input_.data();
    }
    memory_.reshape(read);
    memory_.clear_initial_states();
    forward_ = bind(training ? kernel_kind::forward_training : kernel_kind::forward);
    const int state = arguments_.output_state;
    const SequenceView all = state >= 0 ? memory_.next_state(state) : memory_.output();
    return layer_.return_sequences ? all : all.steps(all.timesteps - 1, 1);
}

SequenceView CellWork::prepare_backward(const SequenceView& diff_output) {
    arguments_.diff_output = diff_output;
    memory_.clear_final_gates();
    if (!layer_.return_sequences && arguments_.output_state < 0) {
        memory_.clear_diff_output();
    }
    backward_ = bind(kernel_kind::backward);
    input_gradient_ = bind(kernel_kind::input_gradient);
    if (!layer_.cell.step.states.empty()) {
        initial_gradient_ = bind(kernel_kind::initial_state_gradient);
    }
    bind_gradients();
    return in_order_of_reading(memory_.diff_input());
}

void CellWork::bind_gradients() {
    weight_gradients_.clear();
    const auto runs = dsl::gradient_runs(layer_.cell);
    for (int r = 0; r < runs.size(); ++r) {
        const std::size_t packed = arguments_.offsets.groups[static_cast<std::size_t>(runs[r].group)];
        const int in_row = runs[r].first * dsl::lane_block(layer_.units);
        weight_gradients_.push_back(
            {bind_weight_gradient(kernels_.get(kernel_kind::weight_gradient, r), arguments_, runs[r]),
             packed - dense_begin_ + static_cast<std::size_t>(in_row)});
    }
    if (!layer_.cell.step.vectors.empty()) {
        vector_gradient_ = bind_vector_gradient(kernels_.get(kernel_kind::vector_gradient, 0), arguments_);
    }
}

// ---- Dropout of the input: one mask for all time steps of a sequence ----

void CellWork::apply_input_dropout(const StepContext& context) {
    const std::size_t stride = mask_stride(layer_);
    for (int b = 0; b < unmasked_input_.rows; ++b) {
        fill_dropout_mask(context, position_, layer_.rate,
                          static_cast<std::size_t>(context.first_row + b) * stride,
                          mask_.span().subspan(static_cast<std::size_t>(b) * stride, stride));
    }
    multiply_by_mask(unmasked_input_, arguments_.input);
}

void CellWork::multiply_by_mask(const SequenceView& from, const SequenceView& to) const {
    for (int t = 0; t < to.timesteps; ++t) {
        for (int b = 0; b < to.rows; ++b) {
            const float* x = from.row(t, b);
            const float* mask = mask_.data() + static_cast<std::size_t>(b) * mask_stride(layer_);
            float* y = to.row(t, b);
            for (int k = 0; k < to.width; ++k) {
                y[k] = x[k] * mask[k];
            }
        }
    }
}

// ---- States from batch to batch ----

void CellWork::take_up_states(const StepContext& context) {
    for (int s = 0; s < layer_.cell.step.states.size(); ++s) {
        const SequenceView initial = memory_.previous_state(s);
        for (int b = 0; b < initial.rows; ++b) {
            std::ranges::copy(
                context.states->row(position_, s, static_cast<std::size_t>(context.first_row + b)),
                initial.row(0, b));
        }
    }
}

void CellWork::keep_states(const StepContext& context) {
    for (int s = 0; s < layer_.cell.step.states.size(); ++s) {
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
    const bool keeps = layer_.stateful && context.states != nullptr;
    if (keeps) {
        take_up_states(context);
    }
    forward_();
    if (keeps) {
        keep_states(context);
    }
}

/// Where only the last output goes on and it is no state, its gradient stands after zeros for the steps
/// before.
void CellWork::scatter_diff_output() {
    if (layer_.return_sequences || arguments_.output_state >= 0) {
        return;
    }
    const SequenceView all = memory_.diff_output();
    for (int b = 0; b < all.padded_rows; ++b) {
        std::copy_n(arguments_.diff_output.row(0, b), padded(layer_.units), all.row(all.timesteps - 1, b));
    }
}

/// Pieces of time whose operands and gate gradients stay in a core's cache from one product to the next.
int CellWork::piece_of_time() const {
    constexpr int cache = 512 * 1024 / sizeof(float);
    const int width =
        padded(layer_.units) * layer_.cell.gates.size() + padded(std::max(layer_.features, layer_.units));
    return std::max(1, cache / (arguments_.input.rows * width));
}

void CellWork::backward(const StepContext& context, float* gradients) {
    scatter_diff_output();
    backward_();
    // From the first piece on: the backward kernel ends with the first steps, so their gates are in the
    // cache.
    const int timesteps = arguments_.input.timesteps;
    const int piece = piece_of_time();
    for (int first = 0; first < timesteps; first += piece) {
        const int steps = std::min(piece, timesteps - first);
        for (WeightGradient& w : weight_gradients_) {
            w.call.select_time(first, steps);
            w.call.rebase(2, gradients + w.offset);
            w.call();
        }
        if (!layer_.cell.step.vectors.empty()) {
            vector_gradient_.select_time(first, steps);
            vector_gradient_.rebase(1, gradients + (arguments_.offsets.vectors - dense_begin_));
            vector_gradient_();
        }
        if (needs_input_gradient) {
            input_gradient_.select_time(first, steps);
            input_gradient_();
        }
    }
    if (needs_input_gradient && context.training && layer_.rate > 0) {
        multiply_by_mask(memory_.diff_input(), memory_.diff_input());
    }
}

} // namespace timeloom
