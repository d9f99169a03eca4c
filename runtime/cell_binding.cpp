#include "timeloom/runtime/cell_binding.hpp"

#include "timeloom/runtime/error.hpp"

#include <string>

namespace timeloom {

using dsl::argument_role;
using dsl::kernel_kind;
using dsl::padded;

namespace {

/// Whether a kernel writes what this argument names.
bool is_result(kernel_kind kind, argument_role role) {
    switch (kind) {
    case kernel_kind::forward:
    case kernel_kind::forward_ahead:
    case kernel_kind::forward_training:
    case kernel_kind::forward_looked_up:
    case kernel_kind::forward_training_looked_up:
        return role == argument_role::next_state || role == argument_role::output ||
               role == argument_role::saved;
    case kernel_kind::backward:
        return role == argument_role::gates || role == argument_role::direct_state ||
               role == argument_role::direct_input;
    default:
        return role == argument_role::diff_initial_state || role == argument_role::diff_input;
    }
}

/// Binds the arguments of one kernel, one after the other.
class Binder {
  public:
    Binder(const KernelEntry& entry, const CellArguments& a) : call_(entry), a_(a), g_(a.layer.cell.step) {}

    KernelCall bind_all() {
        for (const dsl::kernel_argument& argument : call_.entry()->signature) {
            if (!bind_parameters(argument) && !bind_memory(argument)) {
                throw Error("kernel " + std::string(call_.entry()->name) +
                            " has an argument that this runtime does not know; build both from one version");
            }
        }
        return std::move(call_);
    }

  private:
    kernel_kind kind() const { return call_.entry()->kind; }

    void sequence(argument_role role, SequenceView v, bool is_piece = false) {
        if (kind() == kernel_kind::initial_state_gradient) {
            v = v.steps(0, 1);
        }
        if (kind() == kernel_kind::backward) {
            float* const earliest = v.data;
            v = v.reversed();
            v.data = is_piece ? earliest : v.data;
        }
        if (is_result(kind(), role)) {
            result(v, is_piece);
        } else {
            call_.bind_over_time(
                v.data, {{padded(v.width), 1}, {v.padded_rows, v.row_stride}, {v.timesteps, v.time_stride}},
                is_piece);
        }
    }
    void piece(argument_role role, const SequenceView& v) {
        sequence(role, v, !a_.memory.keeps_all_pieces());
    }

    /// (lane, block, row, row_block, time)
    void result(const SequenceView& v, bool is_piece = false) {
        const int lanes = dsl::lane_block(v.width);
        const int tile = call_.entry()->variant;
        call_.bind_over_time(v.data,
                             {{lanes, 1},
                              {dsl::block_count(v.width), lanes},
                              {tile, v.row_stride},
                              {v.padded_rows / tile, v.row_stride * tile},
                              {v.timesteps, v.time_stride}},
                             is_piece);
    }

    void matrices(const float* data, int width, int gates, int k) {
        const int lanes = dsl::lane_block(width);
        call_.bind(const_cast<float*>(data), {{lanes, 1},
                                              {gates, lanes},
                                              {k, lanes * gates},
                                              {dsl::block_count(width), std::ptrdiff_t{lanes} * gates * k}});
    }

    bool bind_parameters(const dsl::kernel_argument& argument) {
        const int width = padded(a_.layer.units);
        switch (argument.role) {
        case argument_role::matrices: {
            const dsl::product_group group = dsl::product_groups(g_)[argument.index];
            matrices(a_.parameters.values + a_.offsets.groups[static_cast<std::size_t>(argument.index)],
                     a_.layer.units, group.matrices.size(),
                     group.reads_input ? a_.layer.features : a_.layer.units);
            return true;
        }
        case argument_role::vectors:
            call_.bind(const_cast<float*>(a_.parameters.values + a_.offsets.vectors),
                       {{width, 1}, {g_.vectors.size(), width}});
            return true;
        case argument_role::transposed:
            if (argument.index == 0) {
                matrices(a_.parameters.transposed + a_.transposed.recurrent, a_.layer.units,
                         dsl::recurrent_matrices(g_).size(), a_.layer.units);
            } else {
                matrices(a_.parameters.transposed + a_.transposed.input, a_.layer.features,
                         a_.layer.cell.diff_input.products.matrices.size(), a_.layer.units);
            }
            return true;
        default:
            return false;
        }
    }

    bool bind_memory(const dsl::kernel_argument& argument) {
        const int i = argument.index;
        switch (argument.role) {
        case argument_role::input:
            return sequence(argument.role, a_.input), true;
        case argument_role::row_numbers:
            call_.bind_over_time(
                a_.row_numbers.tokens,
                {{a_.input.padded_rows, 1}, {a_.row_numbers.timesteps, a_.row_numbers.step_stride}});
            return true;
        case argument_role::input_products:
            return input_products(i), true;
        case argument_role::previous_state:
            return sequence(argument.role, a_.memory.previous_state(i)), true;
        case argument_role::next_state:
            return sequence(argument.role, a_.memory.next_state(i)), true;
        case argument_role::output:
            return sequence(argument.role, a_.memory.output()), true;
        case argument_role::saved:
            return saved(i), true;
        case argument_role::step_mask:
            return step_mask(), true;
        case argument_role::recurrent_mask:
            call_.bind(a_.recurrent_mask,
                       {{padded(a_.layer.units), 1}, {a_.input.padded_rows, padded(a_.layer.units)}});
            return true;
        case argument_role::diff_output:
            return sequence(argument.role,
                            a_.layer.return_sequences ? a_.diff_output : a_.memory.diff_output()),
                   true;
        case argument_role::diff_final_state:
            return final_state(i), true;
        case argument_role::diff_initial_state:
            return result(a_.memory.diff_initial_state(i)), true;
        case argument_role::gates:
            return piece(argument.role, a_.memory.gates(i)), true;
        case argument_role::carried_gates:
            return piece(argument.role, a_.memory.later_gates(i)), true;
        case argument_role::direct_state:
            return piece(argument.role, a_.memory.direct_state(i)), true;
        case argument_role::carried_direct:
            return piece(argument.role, a_.memory.later_direct_state(i)), true;
        case argument_role::direct_input:
            return piece(argument.role, a_.memory.direct_input()), true;
        case argument_role::diff_input:
            return result(a_.memory.diff_input()), true;
        default:
            return false;
        }
    }

    /// Made one affine at a time; read at any row.
    void input_products(int affine) {
        SequenceView v = a_.input_products;
        const int width = padded(a_.layer.units);
        if (kind() == kernel_kind::row_products) {
            v.data += affine * width;
            return result(v);
        }
        call_.bind(v.data, {{width, 1},
                            {dsl::input_affines(g_).size(), width},
                            {std::ptrdiff_t{v.padded_rows} * v.timesteps, v.row_stride}});
    }

    /// Forward writes one item; backward reads them all, (u, item, b, t).
    void saved(int item) {
        if (is_result(kind(), argument_role::saved)) {
            return sequence(argument_role::saved, a_.memory.saved(item));
        }
        const SequenceView v = a_.memory.saved(0).reversed();
        const int width = padded(a_.layer.units);
        call_.bind_over_time(v.data, {{width, 1},
                                      {a_.layer.cell.saved.size(), width},
                                      {v.padded_rows, v.row_stride},
                                      {v.timesteps, v.time_stride}});
    }

    /// (b, t)
    void step_mask() {
        const SequenceView v = kind() == kernel_kind::backward ? a_.input.reversed() : a_.input;
        call_.bind_over_time(const_cast<float*>(v.mask), {{v.padded_rows, 1}, {v.timesteps, v.step_stride}});
    }

    /// (u, b). A layer that hands on only its last output gets that output's gradient here.
    void final_state(int state) {
        const bool is_output = state == a_.output_state && a_.gets_last_output_gradient();
        const SequenceView v = !a_.is_last_window ? a_.memory.zero_state()
                               : is_output        ? a_.diff_output
                                                  : a_.memory.diff_final_state(state);
        call_.bind(v.data, {{padded(a_.layer.units), 1}, {v.padded_rows, v.row_stride}});
    }

    KernelCall call_;
    const CellArguments& a_;
    const dsl::graph& g_;
};

} // namespace

KernelCall bind_step_kernel(const KernelEntry& entry, const CellArguments& arguments) {
    return Binder(entry, arguments).bind_all();
}

} // namespace timeloom
