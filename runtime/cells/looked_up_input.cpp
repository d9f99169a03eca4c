#include "timeloom/runtime/cells/looked_up_input.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>

namespace timeloom::detail {

using plan::KernelKind;

LookedUpInput::LookedUpInput(const plan::Model& plan, std::size_t layer, ParameterView parameters,
                             DistinctRows& rows, bool training)
    : layer_(plan.layers[layer]), row_tile_(plan.tuning.row_tile), rows_(rows), training_(training),
      memory_(layer_, plan.tuning), arguments_{.layer = layer_,
                                               .parameters = parameters,
                                               .memory = memory_,
                                               .dense_begin = plan.dense_begin,
                                               .input = rows.values()} {
    const LayerKernels kernels(plan, layer_);
    memory_.reshape(arguments_.input, CellMemory::Pieces::all);
    products_ = arguments_.input;
    products_.width = layer_.units;
    products_.row_stride = std::ptrdiff_t{plan::padded(layer_.units)} * layer_.cell.input_affines;
    products_.time_stride = products_.row_stride * products_.padded_rows;
    products_memory_.reserve_zeroed(static_cast<std::size_t>(products_.time_stride * products_.timesteps));
    products_.data = products_memory_.data();
    arguments_.input_products = products_;
    multiply_ = bind_step_kernel(kernels.get(KernelKind::row_products, row_tile_), arguments_);
    if (training) {
        bind_backward(kernels);
    }
}

KernelCall LookedUpInput::bind_forward(const CellArguments& cell, const LayerKernels& kernels,
                                       const SequenceView& numbers) const {
    CellArguments looking_up = cell;
    looking_up.row_numbers = numbers;
    looking_up.input_products = products_;
    const KernelKind kind =
        training_ ? KernelKind::forward_training_looked_up : KernelKind::forward_looked_up;
    return bind_step_kernel(kernels.for_rows(kind, cell.input.padded_rows), looking_up);
}

void LookedUpInput::bind_backward(const LayerKernels& kernels) {
    weight_gradients_ = bind_weight_gradients(kernels, arguments_, Operands::input);
    rows_gradient_ = bind_step_kernel(kernels.get(KernelKind::input_gradient, row_tile_), arguments_);
    rows_.collect_from(memory_.diff_input());
    for (const int g : layer_.cell.input_gates) {
        sums_.push_back(memory_.gates(g));
    }
    present_.resize(layer_.cell.input_gates.size());
}

void LookedUpInput::multiply() {
    multiply_.select_time(0, rows_.steps());
    multiply_();
}

void LookedUpInput::begin_backward() {
    const SequenceView sums = memory_.gates(0);
    std::fill_n(sums.data, sums.time_stride * rows_.steps(), 0.0f);
}

void LookedUpInput::add_gates(CellMemory& cell, const SequenceView& row_numbers, int first, int count) {
    const auto width = static_cast<std::size_t>(plan::padded(layer_.units));
    const auto add = elementwise().add;
    std::ranges::transform(layer_.cell.input_gates, present_.begin(), [&](int g) { return cell.gates(g); });
    for (int t = 0; t < count; ++t) {
        const std::int32_t* const numbers = row_numbers.tokens + (first + t) * row_numbers.step_stride;
        for (int b = 0; b < row_numbers.rows; ++b) {
            const auto [step, row] = rows_.place(numbers[b]);
            for (std::size_t g = 0; g < sums_.size(); ++g) {
                add(width, sums_[g].row(step, row), present_[g].row(t, b));
            }
        }
    }
}

void LookedUpInput::finish_backward(float* gradients) {
    const int piece = memory_.steps_of_piece();
    for (int first = 0; first < rows_.steps(); first += piece) {
        const int count = std::min(piece, rows_.steps() - first);
        for (WeightGradient& w : weight_gradients_) {
            w.call.select_time(first, count);
            w.add_to(gradients);
        }
        rows_gradient_.select_time(first, count);
        rows_gradient_();
    }
}

} // namespace timeloom::detail
