#include "timeloom/runtime/cell_work.hpp"

#include "timeloom/runtime/dropout_mask.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom {

using dsl::argument_role;
using dsl::kernel_kind;
using dsl::padded;

namespace {

std::size_t count(std::initializer_list<int> factors) {
    std::size_t product = 1;
    for (const int f : factors) {
        product *= static_cast<std::size_t>(f);
    }
    return product;
}

/// A view that backward kernels walk from its last time step to its first.
SequenceView reversed(SequenceView v) {
    v.data += (v.timesteps - 1) * v.time_stride;
    v.time_stride = -v.time_stride;
    return v;
}

void bind_sequence(KernelCall& call, const SequenceView& v) {
    call.bind(v.data, {{padded(v.width), 1}, {v.padded_rows, v.row_stride}, {v.timesteps, v.time_stride}});
}

/// The output of a time-step kernel: (lane, block, row, row_block, time).
void bind_result(KernelCall& call, const SequenceView& v) {
    const int lanes = dsl::lane_block(v.width);
    const int tile = call.entry()->variant;
    call.bind(v.data, {{lanes, 1},
                       {dsl::block_count(v.width), lanes},
                       {tile, v.row_stride},
                       {v.padded_rows / tile, v.row_stride * tile},
                       {v.timesteps, v.time_stride}});
}

void bind_matrices(KernelCall& call, const float* data, int width, int gates, int k) {
    const int lanes = dsl::lane_block(width);
    call.bind(const_cast<float*>(data), {{lanes, 1},
                                         {gates, lanes},
                                         {k, lanes * gates},
                                         {dsl::block_count(width), std::ptrdiff_t{lanes} * gates * k}});
}

/// Whether a kernel writes what this argument names.
bool is_result(kernel_kind kind, argument_role role) {
    switch (kind) {
    case kernel_kind::forward:
    case kernel_kind::forward_training:
        return role == argument_role::next_state || role == argument_role::output ||
               role == argument_role::saved;
    case kernel_kind::backward:
        return role == argument_role::gates || role == argument_role::direct_state ||
               role == argument_role::direct_input;
    default:
        return role == argument_role::diff_initial_state || role == argument_role::diff_input;
    }
}

} // namespace

CellWork::CellWork(const dsl::layer& layer, int position, const KernelTable& kernels,
                   const ParameterLayout& layout, const TransposedOffsets& transposed,
                   ParameterView parameters)
    : layer_(layer), g_(layer.cell.step), position_(position), kernels_(kernels, position), layout_(layout),
      offsets_(layout.layer(static_cast<std::size_t>(position))), transposed_(transposed),
      parameters_(parameters), states_(static_cast<std::size_t>(g_.states.size())), direct_(states_.size()),
      diff_final_(states_.size()), diff_initial_(states_.size()) {
    for (int s = 0; s < g_.states.size(); ++s) {
        if (g_.states[s].next == g_.output) {
            output_state_ = s;
        }
    }
}

/// Slots [slot, slot + timesteps) of a buffer with `slots` time slots and `values_per_row` vectors a row, of
/// which this view shows number `value`.
SequenceView CellWork::sequence(aligned_buffer<float>& memory, int slots, int slot, int values_per_row,
                                int value) {
    const int width = padded(layer_.units);
    SequenceView v = input_;
    v.width = layer_.units;
    v.row_stride = std::ptrdiff_t{width} * values_per_row;
    v.time_stride = v.row_stride * v.padded_rows;
    memory.reserve_zeroed(count({slots, v.padded_rows, width, values_per_row}));
    v.data = memory.data() + slot * v.time_stride + std::ptrdiff_t{value} * width;
    return v;
}

SequenceView CellWork::prepare(const SequenceView& input, bool training) {
    unmasked_input_ = input_ = input;
    if (training && layer_.rate > 0) {
        const int width = padded(layer_.features);
        masked_.reserve_zeroed(count({input.timesteps, input.padded_rows, width}));
        mask_.reserve_zeroed(count({input.padded_rows, std::max(4, width)}));
        input_.data = masked_.data();
        input_.row_stride = width;
        input_.time_stride = std::ptrdiff_t{width} * input.padded_rows;
    }
    for (int s = 0; s < g_.states.size(); ++s) {
        std::ranges::fill(initial_state(s), 0.0f);
    }
    bind_forward(training);
    const SequenceView all =
        output_state_ >= 0 ? states(output_state_) : sequence(output_, input_.timesteps, 0);
    return layer_.return_sequences ? all : all.steps(input_.timesteps - 1, 1);
}

void CellWork::bind_forward(bool training) {
    const kernel_kind kind = training ? kernel_kind::forward_training : kernel_kind::forward;
    forward_ = KernelCall(kernels_.for_rows(kind, input_.padded_rows));
    for (const dsl::kernel_argument& argument : forward_.entry()->signature) {
        bind_argument(forward_, argument, false);
    }
}

SequenceView CellWork::prepare_backward(const SequenceView& diff_output) {
    diff_output_ = diff_output;
    // At the last step nothing comes back from a later one.
    const SequenceView after =
        sequence(gates_, input_.timesteps + 1, input_.timesteps, layer_.cell.gates.size());
    std::fill_n(after.data, after.time_stride, 0.0f);
    backward_ = KernelCall(kernels_.for_rows(kernel_kind::backward, input_.padded_rows));
    for (const dsl::kernel_argument& argument : backward_.entry()->signature) {
        bind_argument(backward_, argument, true);
    }
    bind_gradients();

    diff_input_ = input_;
    const int width = padded(layer_.features);
    diff_input_memory_.reserve_zeroed(count({input_.timesteps, input_.padded_rows, width}));
    diff_input_.data = diff_input_memory_.data();
    diff_input_.row_stride = width;
    diff_input_.time_stride = std::ptrdiff_t{width} * input_.padded_rows;
    input_gradient_ = KernelCall(kernels_.for_rows(kernel_kind::input_gradient, input_.padded_rows));
    for (const dsl::kernel_argument& argument : input_gradient_.entry()->signature) {
        bind_argument(input_gradient_, argument, false);
    }
    if (g_.states.size() > 0) {
        initial_gradient_ =
            KernelCall(kernels_.for_rows(kernel_kind::initial_state_gradient, input_.padded_rows));
        for (const dsl::kernel_argument& argument : initial_gradient_.entry()->signature) {
            bind_argument(initial_gradient_, argument, false);
        }
    }
    return diff_input_;
}

void CellWork::bind_argument(KernelCall& call, const dsl::kernel_argument& argument, bool backward_in_time) {
    const kernel_kind kind = call.entry()->kind;
    const int i = argument.index;
    const auto at = static_cast<std::size_t>(i);
    const int steps = input_.timesteps;
    const int width = padded(layer_.units);
    const int items = layer_.cell.saved.size();
    const int gates = layer_.cell.gates.size();
    const bool only_first = kind == kernel_kind::initial_state_gradient;
    const auto bind_time = [&](SequenceView v) {
        v = only_first ? v.steps(0, 1) : v;
        v = backward_in_time ? reversed(v) : v;
        is_result(kind, argument.role) ? bind_result(call, v) : bind_sequence(call, v);
    };
    const auto boundary = [&](std::vector<aligned_buffer<float>>& memory) {
        SequenceView v = sequence(memory[at], 1, 0);
        v.timesteps = 1;
        return v;
    };
    switch (argument.role) {
    case argument_role::input:
        return bind_time(input_);
    case argument_role::matrices: {
        const dsl::product_group group = dsl::product_groups(g_)[i];
        return bind_matrices(call, parameters_.values + offsets_.groups[at], layer_.units,
                             group.matrices.size(), group.reads_input ? layer_.features : layer_.units);
    }
    case argument_role::vectors:
        return call.bind(const_cast<float*>(parameters_.values + offsets_.vectors),
                         {{width, 1}, {g_.vectors.size(), width}});
    case argument_role::previous_state:
        return bind_time(sequence(states_[at], steps + 1, 0));
    case argument_role::next_state:
        return bind_time(sequence(states_[at], steps + 1, 1));
    case argument_role::output:
        return bind_time(sequence(output_, steps, 0));
    case argument_role::saved: {
        SequenceView v = sequence(saved_, steps, 0, items, i);
        if (is_result(kind, argument.role)) {
            return bind_time(v);
        }
        v = reversed(v);
        return call.bind(v.data,
                         {{width, 1}, {items, width}, {v.padded_rows, v.row_stride}, {steps, v.time_stride}});
    }
    case argument_role::transposed:
        return i == 0 ? bind_matrices(call, parameters_.transposed + transposed_.recurrent, layer_.units,
                                      dsl::recurrent_matrices(g_).size(), layer_.units)
                      : bind_matrices(call, parameters_.transposed + transposed_.input, layer_.features,
                                      layer_.cell.diff_input.products.matrices.size(), layer_.units);
    case argument_role::diff_output:
        return bind_time(full_diff_output());
    case argument_role::diff_final_state: {
        const SequenceView v = boundary(diff_final_);
        const bool from_output = i == output_state_ && !layer_.return_sequences;
        return call.bind(from_output ? diff_output_.data : v.data,
                         {{width, 1}, {v.padded_rows, from_output ? diff_output_.row_stride : width}});
    }
    case argument_role::diff_initial_state:
        return bind_result(call, boundary(diff_initial_));
    case argument_role::gates:
        return bind_time(sequence(gates_, steps + 1, 0, gates, i));
    case argument_role::carried_gates:
        return bind_time(sequence(gates_, steps + 1, 1, gates, i));
    case argument_role::direct_state:
        return bind_time(sequence(direct_[at], steps + 1, 0));
    case argument_role::carried_direct:
        return bind_time(sequence(direct_[at], steps + 1, 1));
    case argument_role::direct_input:
        return bind_time(sequence(direct_input_, steps, 0));
    case argument_role::diff_input:
        return bind_result(call, diff_input_);
    default:
        throw Error("kernel " + std::string(call.entry()->name) +
                    " has an argument that this runtime does not know");
    }
}

/// The gradient of the output at every step: as it comes in, or, where only the last output goes on and it is
/// no state, zero before the last step.
SequenceView CellWork::full_diff_output() {
    if (layer_.return_sequences) {
        return diff_output_;
    }
    SequenceView v = sequence(scattered_diff_output_, input_.timesteps, 0);
    return v;
}

void CellWork::bind_gradients() {
    weight_gradients_.clear();
    const int width = padded(layer_.units);
    const int lanes = dsl::lane_block(layer_.units);
    const SequenceView gates = sequence(gates_, input_.timesteps + 1, 0, layer_.cell.gates.size());
    const auto bind_gates = [&](KernelCall& call) {
        call.bind(gates.data, {{width, 1},
                               {layer_.cell.gates.size(), width},
                               {gates.rows, gates.row_stride},
                               {gates.timesteps, gates.time_stride}});
    };
    const auto groups = dsl::product_groups(g_);
    const auto runs = dsl::gradient_runs(layer_.cell);
    for (int r = 0; r < runs.size(); ++r) {
        const dsl::product_group& group = groups[runs[r].group];
        const int k = group.reads_input ? layer_.features : layer_.units;
        const int packed_gates = group.matrices.size();
        WeightGradient w;
        w.call = KernelCall(*kernels_.find(kernel_kind::weight_gradient, r));
        w.operand = operand_view(group.operand);
        w.offset = offsets_.groups[static_cast<std::size_t>(runs[r].group)] - layout_.dense_begin() +
                   static_cast<std::size_t>(runs[r].first * lanes);
        w.call.bind(w.operand.data, {{padded(k), 1},
                                     {w.operand.rows, w.operand.row_stride},
                                     {w.operand.timesteps, w.operand.time_stride}});
        bind_gates(w.call);
        w.call.bind(nullptr, {{lanes, 1},
                              {runs[r].count, lanes},
                              {k, lanes * packed_gates},
                              {dsl::block_count(layer_.units), std::ptrdiff_t{lanes} * packed_gates * k}});
        weight_gradients_.push_back(std::move(w));
    }
    if (!g_.vectors.empty()) {
        vector_gradient_ = KernelCall(*kernels_.find(kernel_kind::vector_gradient, 0));
        bind_gates(vector_gradient_);
        vector_gradient_.bind(nullptr, {{width, 1}, {g_.vectors.size(), width}});
    }
}

/// The values that a matrix multiplied at every step.
SequenceView CellWork::operand_view(int operand) {
    const int steps = input_.timesteps;
    const dsl::node& n = g_.nodes[operand];
    if (n.kind == dsl::node_kind::input) {
        return input_;
    }
    if (n.kind == dsl::node_kind::state) {
        return sequence(states_[static_cast<std::size_t>(n.index)], steps + 1, 0);
    }
    for (int s = 0; s < g_.states.size(); ++s) {
        if (g_.states[s].next == operand) {
            return states(s);
        }
    }
    if (operand == g_.output) {
        return sequence(output_, steps, 0);
    }
    return sequence(saved_, steps, 0, layer_.cell.saved.size(), layer_.cell.saved.find(operand));
}

void CellWork::apply_input_dropout(const StepContext& context) {
    const int width = padded(layer_.features);
    const auto stride = static_cast<std::size_t>(std::max(4, width));
    for (int b = 0; b < input_.rows; ++b) {
        const std::size_t position = static_cast<std::size_t>(context.first_row + b) * stride;
        fill_dropout_mask(context, position_, layer_.rate, position,
                          mask_.span().subspan(static_cast<std::size_t>(b) * stride, stride));
    }
    multiply_by_mask(unmasked_input_, input_);
}

void CellWork::multiply_by_mask(const SequenceView& from, const SequenceView& to) const {
    const auto stride = static_cast<std::size_t>(std::max(4, padded(layer_.features)));
    for (int t = 0; t < to.timesteps; ++t) {
        for (int b = 0; b < to.rows; ++b) {
            const float* x = from.row(t, b);
            const float* mask = mask_.data() + static_cast<std::size_t>(b) * stride;
            float* y = to.row(t, b);
            for (int k = 0; k < to.width; ++k) {
                y[k] = x[k] * mask[k];
            }
        }
    }
}

void CellWork::forward(const StepContext& context) {
    if (context.training && layer_.rate > 0) {
        apply_input_dropout(context);
    }
    forward_();
}

/// Pieces of time whose operands and gate gradients stay in a core's cache from one product to the next.
int CellWork::piece_of_time() const {
    constexpr std::size_t cache = 512 * 1024;
    const int width =
        padded(layer_.units) * layer_.cell.gates.size() + padded(std::max(layer_.features, layer_.units));
    return std::max(1, static_cast<int>(cache / (count({input_.rows, width}) * sizeof(float))));
}

void CellWork::backward(const StepContext& context, float* gradients) {
    if (!layer_.return_sequences && output_state_ < 0) {
        const SequenceView all = full_diff_output();
        for (int b = 0; b < all.padded_rows; ++b) {
            std::copy_n(diff_output_.row(0, b), padded(layer_.units), all.row(all.timesteps - 1, b));
        }
    }
    backward_();
    const SequenceView gates = sequence(gates_, input_.timesteps + 1, 0, layer_.cell.gates.size());
    const int piece = piece_of_time();
    for (int first = 0; first < input_.timesteps; first += piece) {
        const int steps = std::min(piece, input_.timesteps - first);
        for (WeightGradient& w : weight_gradients_) {
            w.call.rebase(0, w.operand.data + first * w.operand.time_stride);
            w.call.set_extent(0, 2, steps);
            w.call.rebase(1, gates.data + first * gates.time_stride);
            w.call.set_extent(1, 3, steps);
            w.call.rebase(2, gradients + w.offset);
            w.call();
        }
        if (!g_.vectors.empty()) {
            vector_gradient_.rebase(0, gates.data + first * gates.time_stride);
            vector_gradient_.set_extent(0, 3, steps);
            vector_gradient_.rebase(1, gradients + (offsets_.vectors - layout_.dense_begin()));
            vector_gradient_();
        }
    }
    if (needs_input_gradient) {
        input_gradient_();
        if (context.training && layer_.rate > 0) {
            multiply_by_mask(diff_input_, diff_input_);
        }
    }
}

void CellWork::initial_state_gradient() { initial_gradient_(); }

std::span<float> CellWork::initial_state(int state) {
    const SequenceView v = sequence(states_[static_cast<std::size_t>(state)], input_.timesteps + 1, 0);
    return {v.data, static_cast<std::size_t>(v.time_stride)};
}

SequenceView CellWork::states(int state) {
    return sequence(states_[static_cast<std::size_t>(state)], input_.timesteps + 1, 1);
}

SequenceView CellWork::saved(int item) {
    return sequence(saved_, input_.timesteps, 0, layer_.cell.saved.size(), item);
}

SequenceView CellWork::gates(int gate) {
    return sequence(gates_, input_.timesteps + 1, 0, layer_.cell.gates.size(), gate);
}

std::size_t transposed_recurrent_size(const dsl::layer& layer) {
    return count({padded(layer.units), layer.units, dsl::recurrent_matrices(layer.cell.step).size()});
}

std::size_t transposed_input_size(const dsl::layer& layer) {
    return count({padded(layer.features), layer.units, layer.cell.diff_input.products.matrices.size()});
}

namespace {

/// packed[block][unit][m][lane] = matrix m at (row = block · lanes + lane, unit), zero beyond its rows.
template <class Matrices>
void pack_transposed_group(const dsl::layer& layer, const LayerOffsets& offsets, const Matrices& matrices,
                           int rows, const float* parameters, float* packed) {
    const auto groups = dsl::product_groups(layer.cell.step);
    const int lanes = dsl::lane_block(rows);
    for (int m = 0; m < matrices.size(); ++m) {
        dsl::packed_matrix matrix;
        for (int g = 0; g < groups.size(); ++g) {
            if (const int gate = groups[g].matrices.find(matrices[m]); gate >= 0) {
                matrix = {offsets.groups[static_cast<std::size_t>(g)],
                          rows,
                          layer.units,
                          groups[g].matrices.size(),
                          gate,
                          dsl::lane_block(layer.units)};
            }
        }
        for (int row = 0; row < rows; ++row) {
            float* column =
                packed + (static_cast<std::size_t>(row / lanes) * layer.units * matrices.size() + m) * lanes +
                row % lanes;
            for (int unit = 0; unit < layer.units; ++unit) {
                column[static_cast<std::size_t>(unit) * matrices.size() * lanes] =
                    parameters[matrix.index(row, unit)];
            }
        }
    }
}

} // namespace

void pack_transposed(const dsl::layer& layer, const LayerOffsets& offsets, const TransposedOffsets& where,
                     const float* parameters, float* transposed) {
    pack_transposed_group(layer, offsets, dsl::recurrent_matrices(layer.cell.step), layer.units, parameters,
                          transposed + where.recurrent);
    pack_transposed_group(layer, offsets, layer.cell.diff_input.products.matrices, layer.features, parameters,
                          transposed + where.input);
}

} // namespace timeloom
