#include "timeloom/runtime/cells/cell_binding.hpp"

#include "timeloom/runtime/error.hpp"

#include <string>

namespace timeloom::detail {

using plan::ArgumentRole;
using plan::KernelKind;
using plan::padded;

namespace {

/// True if a kernel writes what this argument names.
bool is_result(KernelKind kind, ArgumentRole role) {
    switch (kind) {
    case KernelKind::forward:
    case KernelKind::forward_ahead:
    case KernelKind::forward_training:
    case KernelKind::forward_looked_up:
    case KernelKind::forward_training_looked_up:
        return role == ArgumentRole::next_state || role == ArgumentRole::output ||
               role == ArgumentRole::saved;
    case KernelKind::backward:
        return role == ArgumentRole::gates || role == ArgumentRole::direct_state ||
               role == ArgumentRole::direct_input;
    default:
        return role == ArgumentRole::diff_initial_state || role == ArgumentRole::diff_input;
    }
}

/// Binds the arguments of one kernel, one after the other.
class Binder {
  public:
    Binder(const plan::Kernel& entry, const CellArguments& a) : call_(entry), a_(a), cell_(a.layer.cell) {}

    KernelCall bind_all() {
        for (const plan::KernelArgument& argument : call_.entry()->signature) {
            if (!bind_parameters(argument) && !bind_memory(argument)) {
                throw Error("kernel " + std::string(call_.entry()->name) +
                            " has an argument that this runtime does not know; build both from one version");
            }
        }
        return std::move(call_);
    }

  private:
    KernelKind kind() const { return call_.entry()->kind; }

    void sequence(ArgumentRole role, SequenceView v, bool is_piece = false) {
        if (kind() == KernelKind::initial_state_gradient) {
            v = v.steps(0, 1);
        }
        if (kind() == KernelKind::backward) {
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
    void piece(ArgumentRole role, const SequenceView& v) { sequence(role, v, !a_.memory.keeps_all_pieces()); }

    /// (lane, block, row, row_block, time)
    void result(const SequenceView& v, bool is_piece = false) {
        const int lanes = plan::lane_block(v.width);
        const int tile = call_.entry()->variant;
        call_.bind_over_time(v.data,
                             {{lanes, 1},
                              {plan::block_count(v.width), lanes},
                              {tile, v.row_stride},
                              {v.padded_rows / tile, v.row_stride * tile},
                              {v.timesteps, v.time_stride}},
                             is_piece);
    }

    void matrices(const float* data, int width, int gates, int k) {
        const int lanes = plan::lane_block(width);
        call_.bind(const_cast<float*>(data), {{lanes, 1},
                                              {gates, lanes},
                                              {k, lanes * gates},
                                              {plan::block_count(width), std::ptrdiff_t{lanes} * gates * k}});
    }

    void transposed(const plan::TransposedMatrices& t, int width) {
        matrices(a_.parameters.transposed + t.offset, width, static_cast<int>(t.matrices.size()),
                 a_.layer.units);
    }

    bool bind_parameters(const plan::KernelArgument& argument) {
        const int width = padded(a_.layer.units);
        switch (argument.role) {
        case ArgumentRole::matrices: {
            const plan::Product& product = cell_.products[static_cast<std::size_t>(argument.index)];
            matrices(a_.parameters.values + product.offset, a_.layer.units, product.gates,
                     product.reads_input() ? a_.layer.features : a_.layer.units);
            return true;
        }
        case ArgumentRole::vectors:
            call_.bind(const_cast<float*>(a_.parameters.values + a_.layer.vectors),
                       {{width, 1}, {cell_.vectors, width}});
            return true;
        case ArgumentRole::transposed:
            if (argument.index == 0) {
                transposed(cell_.recurrent, a_.layer.units);
            } else {
                transposed(cell_.input, a_.layer.features);
            }
            return true;
        default:
            return false;
        }
    }

    bool bind_memory(const plan::KernelArgument& argument) {
        const int i = argument.index;
        switch (argument.role) {
        case ArgumentRole::input:
            return sequence(argument.role, a_.input), true;
        case ArgumentRole::row_numbers:
            call_.bind_over_time(
                a_.row_numbers.tokens,
                {{a_.input.padded_rows, 1}, {a_.row_numbers.timesteps, a_.row_numbers.step_stride}});
            return true;
        case ArgumentRole::input_products:
            return input_products(i), true;
        case ArgumentRole::previous_state:
            return sequence(argument.role, a_.memory.previous_state(i)), true;
        case ArgumentRole::next_state:
            return sequence(argument.role, a_.memory.next_state(i)), true;
        case ArgumentRole::output:
            return sequence(argument.role, a_.memory.output()), true;
        case ArgumentRole::saved:
            return saved(i), true;
        case ArgumentRole::step_mask:
            return step_mask(), true;
        case ArgumentRole::recurrent_mask:
            call_.bind(a_.recurrent_mask,
                       {{padded(a_.layer.units), 1}, {a_.input.padded_rows, padded(a_.layer.units)}});
            return true;
        case ArgumentRole::diff_output:
            return sequence(argument.role,
                            a_.layer.return_sequences ? a_.diff_output : a_.memory.diff_output()),
                   true;
        case ArgumentRole::diff_final_state:
            return final_state(i), true;
        case ArgumentRole::diff_initial_state:
            return result(a_.memory.diff_initial_state(i)), true;
        case ArgumentRole::gates:
            return piece(argument.role, a_.memory.gates(i)), true;
        case ArgumentRole::carried_gates:
            return piece(argument.role, a_.memory.later_gates(i)), true;
        case ArgumentRole::direct_state:
            return piece(argument.role, a_.memory.direct_state(i)), true;
        case ArgumentRole::carried_direct:
            return piece(argument.role, a_.memory.later_direct_state(i)), true;
        case ArgumentRole::direct_input:
            return piece(argument.role, a_.memory.direct_input()), true;
        case ArgumentRole::diff_input:
            return result(a_.memory.diff_input()), true;
        default:
            return false;
        }
    }

    /// The kernel row_products has an argument for each affine sum (a gate, say) and writes all rows. Forward
    /// kernels have one for all sums, and read it at the row that the token of a time step names.
    void input_products(int affine) {
        SequenceView v = a_.input_products;
        const int width = padded(a_.layer.units);
        if (kind() == KernelKind::row_products) {
            v.data += affine * width;
            return result(v);
        }
        call_.bind(v.data, {{width, 1},
                            {cell_.input_affines, width},
                            {std::ptrdiff_t{v.padded_rows} * v.timesteps, v.row_stride}});
    }

    /// Forward writes one item; backward reads them all, (u, item, b, t).
    void saved(int item) {
        if (is_result(kind(), ArgumentRole::saved)) {
            return sequence(ArgumentRole::saved, a_.memory.saved(item));
        }
        const SequenceView v = a_.memory.saved(0).reversed();
        const int width = padded(a_.layer.units);
        call_.bind_over_time(
            v.data,
            {{width, 1}, {cell_.saved, width}, {v.padded_rows, v.row_stride}, {v.timesteps, v.time_stride}});
    }

    /// (b, t)
    void step_mask() {
        const SequenceView v = kind() == KernelKind::backward ? a_.input.reversed() : a_.input;
        call_.bind_over_time(const_cast<float*>(v.mask), {{v.padded_rows, 1}, {v.timesteps, v.step_stride}});
    }

    /// (u, b). A layer that hands on only its last output gets that output's gradient here.
    void final_state(int state) {
        const bool is_output = state == cell_.output_state && a_.gets_last_output_gradient();
        const SequenceView v = !a_.is_last_window ? a_.memory.zero_state()
                               : is_output        ? a_.diff_output
                                                  : a_.memory.diff_final_state(state);
        call_.bind(v.data, {{padded(a_.layer.units), 1}, {v.padded_rows, v.row_stride}});
    }

    KernelCall call_;
    const CellArguments& a_;
    const plan::Cell& cell_;
};

} // namespace

KernelCall bind_step_kernel(const plan::Kernel& entry, const CellArguments& arguments) {
    return Binder(entry, arguments).bind_all();
}

} // namespace timeloom::detail
