#include "timeloom/runtime/looked_up_input.hpp"

#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/sequence_memory.hpp"

#include "timeloom/dsl/products.hpp"

#include <algorithm>

namespace timeloom {

using dsl::kernel_kind;

bool LookedUpInput::is_possible(const LayerKernels& kernels, bool training) {
    const kernel_kind forward =
        training ? kernel_kind::forward_training_looked_up : kernel_kind::forward_looked_up;
    return kernels.find(forward, 1) != nullptr && kernels.find(kernel_kind::row_products, 1) != nullptr;
}

LookedUpInput::LookedUpInput(const CellArguments& cell, const LayerKernels& kernels, DistinctRows& rows,
                             const SequenceView& numbers, bool training)
    : layer_(cell.layer), kernels_(kernels), rows_(rows), numbers_(numbers), training_(training),
      memory_(cell.layer), arguments_{.layer = cell.layer,
                                      .offsets = cell.offsets,
                                      .transposed = cell.transposed,
                                      .parameters = cell.parameters,
                                      .memory = memory_,
                                      .dense_begin = cell.dense_begin,
                                      .input = rows.values()} {
    memory_.reshape(arguments_.input, CellMemory::Pieces::all);
    const int affines = dsl::input_affines(layer_.cell.step).size();
    products_ = view_in(products_memory_, arguments_.input, arguments_.input.timesteps,
                        dsl::padded(layer_.units) * affines);
    products_.width = layer_.units;
    arguments_.input_products = products_;
    multiply_ =
        bind_step_kernel(kernels_.for_rows(kernel_kind::row_products, products_.padded_rows), arguments_);
    if (training) {
        bind_backward();
    }
}

KernelCall LookedUpInput::bind_forward(const CellArguments& cell) const {
    CellArguments looking_up = cell;
    looking_up.row_numbers = numbers_;
    looking_up.input_products = products_;
    const kernel_kind kind =
        training_ ? kernel_kind::forward_training_looked_up : kernel_kind::forward_looked_up;
    return bind_step_kernel(kernels_.for_rows(kind, cell.input.padded_rows), looking_up);
}

void LookedUpInput::bind_backward() {
    weight_gradients_ = bind_weight_gradients(kernels_, arguments_);
    std::erase_if(weight_gradients_, [](const WeightGradient& w) { return !w.reads_input; });
    rows_gradient_ =
        bind_step_kernel(kernels_.for_rows(kernel_kind::input_gradient, products_.padded_rows), arguments_);
    rows_.add_gradient(memory_.diff_input());
    for (const int m : layer_.cell.diff_input.products.matrices) {
        gates_.push_back(layer_.cell.gate_of_matrix[m]);
    }
    std::ranges::sort(gates_);
    gates_.erase(std::ranges::unique(gates_).begin(), gates_.end());
}

void LookedUpInput::multiply() {
    multiply_.select_time(0, rows_.steps());
    multiply_();
}

void LookedUpInput::begin_backward() {
    const SequenceView sums = memory_.gates(0);
    std::fill_n(sums.data, sums.time_stride * rows_.steps(), 0.0f);
}

void LookedUpInput::add_gates(CellMemory& cell, int first, int count) {
    const auto width = static_cast<std::size_t>(dsl::padded(layer_.units));
    const auto add = elementwise().add;
    for (const int g : gates_) {
        const SequenceView gate = cell.gates(g), sums = memory_.gates(g);
        for (int t = 0; t < count; ++t) {
            const std::int32_t* const numbers = numbers_.tokens + (first + t) * numbers_.step_stride;
            for (int b = 0; b < numbers_.rows; ++b) {
                add(width, rows_.place(sums, numbers[b]), gate.row(t, b));
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
