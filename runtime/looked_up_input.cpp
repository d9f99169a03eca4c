#include "timeloom/runtime/looked_up_input.hpp"

#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/sequence_memory.hpp"

#include "timeloom/dsl/products.hpp"

#include <algorithm>

namespace timeloom {

using dsl::kernel_kind;

LookedUpInput::LookedUpInput(const ModelPlan& plan, std::size_t layer, ParameterView parameters,
                             DistinctRows& rows, bool training)
    : layer_(plan.network.layers[layer]), rows_(rows), training_(training),
      memory_(layer_), arguments_{.layer = layer_,
                                  .offsets = plan.layout.layer(layer),
                                  .transposed = plan.transposed[layer],
                                  .parameters = parameters,
                                  .memory = memory_,
                                  .dense_begin = plan.layout.dense_begin(),
                                  .input = rows.values()} {
    const LayerKernels kernels(*plan.kernels, static_cast<int>(layer) - layer_.kernels_before);
    memory_.reshape(arguments_.input, CellMemory::Pieces::all);
    products_ = arguments_.input;
    products_.width = layer_.units;
    products_.row_stride =
        std::ptrdiff_t{dsl::padded(layer_.units)} * dsl::input_affines(layer_.cell.step).size();
    products_.time_stride = products_.row_stride * products_.padded_rows;
    products_memory_.reserve_zeroed(static_cast<std::size_t>(products_.time_stride * products_.timesteps));
    products_.data = products_memory_.data();
    arguments_.input_products = products_;
    multiply_ = bind_step_kernel(kernels.get(kernel_kind::row_products, dsl::row_tile), arguments_);
    if (training) {
        bind_backward(kernels);
    }
}

KernelCall LookedUpInput::bind_forward(const CellArguments& cell, const LayerKernels& kernels,
                                       const SequenceView& numbers) const {
    CellArguments looking_up = cell;
    looking_up.row_numbers = numbers;
    looking_up.input_products = products_;
    const kernel_kind kind =
        training_ ? kernel_kind::forward_training_looked_up : kernel_kind::forward_looked_up;
    return bind_step_kernel(kernels.for_rows(kind, cell.input.padded_rows), looking_up);
}

void LookedUpInput::bind_backward(const LayerKernels& kernels) {
    weight_gradients_ = bind_weight_gradients(kernels, arguments_, Operands::input);
    rows_gradient_ = bind_step_kernel(kernels.get(kernel_kind::input_gradient, dsl::row_tile), arguments_);
    rows_.collect_from(memory_.diff_input());
    for (const int m : layer_.cell.diff_input.products.matrices) {
        gates_.push_back(layer_.cell.gate_of_matrix[m]);
    }
    std::ranges::sort(gates_);
    gates_.erase(std::unique(gates_.begin(), gates_.end()), gates_.end());
    for (const int g : gates_) {
        sums_.push_back(memory_.gates(g));
    }
    present_.resize(gates_.size());
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
    const auto width = static_cast<std::size_t>(dsl::padded(layer_.units));
    const auto add = elementwise().add;
    std::ranges::transform(gates_, present_.begin(), [&](int g) { return cell.gates(g); });
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

} // namespace timeloom
