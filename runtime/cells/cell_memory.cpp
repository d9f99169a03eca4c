#include "timeloom/runtime/cells/cell_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

/// A view with the rows and time steps of `like`, `values_per_row` vectors of `width` a row.
SequenceView shaped(const SequenceView& like, int width, int values_per_row) {
    SequenceView v = like;
    v.width = width;
    v.row_stride = std::ptrdiff_t{plan::padded(width)} * values_per_row;
    v.time_stride = v.row_stride * v.padded_rows;
    return v;
}

} // namespace

CellMemory::CellMemory(const plan::Layer& layer, const plan::Tuning& tuning)
    : layer_(layer), cache_(static_cast<int>(tuning.cache)), states_(layer.cell.states.size()),
      direct_(states_.size()), diff_final_(states_.size()), diff_initial_(states_.size()) {}

/// Pieces whose operands and gate gradients stay in a core's cache from one product to the next.
int CellMemory::steps_of_piece() const {
    const int width = plan::padded(layer_.units) * layer_.cell.gates +
                      plan::padded(std::max(layer_.features, layer_.units));
    return std::clamp(cache_ / (input_.padded_rows * width), 1, input_.timesteps);
}

/// Time slots [first_slot, first_slot + timesteps) of `memory`, which has `extra_slots` more than there are
/// time steps; of each row's vectors number `value`.
SequenceView CellMemory::sequence(aligned_buffer<float>& memory, int extra_slots, int first_slot,
                                  int values_per_row, int value) {
    SequenceView v = shaped(input_, layer_.units, values_per_row);
    memory.reserve_zeroed(at(input_.timesteps + extra_slots) * static_cast<std::size_t>(v.time_stride));
    v.data = memory.data() + first_slot * v.time_stride + std::ptrdiff_t{value} * plan::padded(layer_.units);
    return v;
}

SequenceView CellMemory::piece(aligned_buffer<float>& memory, int first_slot, int values, int value) {
    SequenceView v = shaped(input_, layer_.units, 1);
    const std::ptrdiff_t rows_of_value = v.time_stride;
    v.timesteps = keeps_all_pieces() ? input_.timesteps : steps_of_piece();
    v.time_stride *= values;
    memory.reserve_zeroed(at(v.timesteps + 1) * static_cast<std::size_t>(v.time_stride));
    v.data = memory.data() + first_slot * v.time_stride + value * rows_of_value;
    return v;
}

SequenceView CellMemory::boundary(aligned_buffer<float>& memory) {
    SequenceView v = shaped(input_, layer_.units, 1);
    v.timesteps = 1;
    memory.reserve_zeroed(static_cast<std::size_t>(v.time_stride));
    v.data = memory.data();
    return v;
}

SequenceView CellMemory::diff_input() {
    SequenceView v = shaped(input_, layer_.features, 1);
    diff_input_.reserve_zeroed(at(v.timesteps) * static_cast<std::size_t>(v.time_stride));
    v.data = diff_input_.data();
    return v;
}

SequenceView CellMemory::operand(const plan::Operand& operand) {
    switch (operand.kind) {
    case plan::OperandKind::input:
        return input_;
    case plan::OperandKind::previous_state:
        return previous_state(operand.index);
    case plan::OperandKind::next_state:
        return next_state(operand.index);
    case plan::OperandKind::output:
        return output();
    default:
        return saved(operand.index);
    }
}

void CellMemory::clear_initial_states() {
    for (int s = 0; s < layer_.cell.state_count(); ++s) {
        const SequenceView v = previous_state(s);
        std::fill_n(v.data, v.time_stride, 0.0f);
    }
}

void CellMemory::clear_diff_output() {
    const SequenceView v = diff_output();
    std::fill_n(v.data, v.timesteps * v.time_stride, 0.0f);
}

void CellMemory::begin_piece(int steps, bool is_last_of_window) {
    const SequenceView g = gates(0);
    if (is_last_of_window) {
        std::fill_n(g.row(steps, 0), g.time_stride, 0.0f);
        return;
    }
    std::copy_n(g.row(0, 0), g.time_stride, g.row(steps, 0));
    for (int s = 0; s < layer_.cell.state_count(); ++s) {
        if (!layer_.cell.states[at(s)].flows_back_pointwise) {
            continue;
        }
        const SequenceView d = direct_state(s);
        std::copy_n(d.row(0, 0), d.time_stride, d.row(steps, 0));
    }
}

void CellMemory::clear_diff_final_states() {
    for (int s = 0; s < layer_.cell.state_count(); ++s) {
        const SequenceView v = diff_final_state(s);
        std::fill_n(v.data, v.time_stride, 0.0f);
    }
}

} // namespace timeloom::detail
