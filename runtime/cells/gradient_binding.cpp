// Which memory the kernels of weight and vector gradients read.
#include "timeloom/runtime/cells/cell_binding.hpp"

namespace timeloom::detail {

using plan::KernelKind;
using plan::padded;

namespace {

/// (u, gate, b, t) over the rows that count.
void bind_gates(KernelCall& call, const CellArguments& a) {
    const SequenceView v = a.memory.gates(0);
    const int width = padded(a.layer.units);
    call.bind_over_time(v.data,
                        {{width, 1},
                         {a.layer.cell.gates, v.row_stride * v.padded_rows},
                         {v.rows, v.row_stride},
                         {v.timesteps, v.time_stride}},
                        !a.memory.keeps_all_pieces());
}

KernelCall bind_weight_gradient(const plan::Kernel& entry, const CellArguments& a,
                                const plan::GradientRun& run) {
    const plan::Product& product = a.layer.cell.products[static_cast<std::size_t>(run.product)];
    const int k = product.reads_input() ? a.layer.features : a.layer.units;
    const int gates = product.gates;
    const int lanes = plan::lane_block(a.layer.units);
    const SequenceView operand = product.reads_input() ? a.input : a.memory.operand(product.operand);
    KernelCall call(entry);
    call.bind_over_time(
        operand.data,
        {{padded(k), 1}, {operand.rows, operand.row_stride}, {operand.timesteps, operand.time_stride}});
    bind_gates(call, a);
    call.bind(nullptr, {{lanes, 1},
                        {run.count, lanes},
                        {k, lanes * gates},
                        {plan::block_count(a.layer.units), std::ptrdiff_t{lanes} * gates * k}});
    return call;
}

} // namespace

std::vector<WeightGradient> bind_weight_gradients(const LayerKernels& kernels, const CellArguments& a,
                                                  Operands operands) {
    std::vector<WeightGradient> gradients;
    int number = -1;
    for (const plan::GradientRun& run : a.layer.cell.gradient_runs) {
        const plan::Product& product = a.layer.cell.products[static_cast<std::size_t>(run.product)];
        const bool reads_input = product.reads_input();
        ++number;
        if (operands == Operands::input && !reads_input) {
            continue;
        }
        const int in_row = run.first * plan::lane_block(a.layer.units);
        gradients.push_back({bind_weight_gradient(kernels.get(KernelKind::weight_gradient, number), a, run),
                             product.offset - a.dense_begin + static_cast<std::size_t>(in_row), reads_input});
    }
    return gradients;
}

KernelCall bind_vector_gradient(const plan::Kernel& entry, const CellArguments& a) {
    const int width = padded(a.layer.units);
    KernelCall call(entry);
    bind_gates(call, a);
    for (const plan::Operand& factor : a.layer.cell.vector_factors) {
        const SequenceView v = a.memory.operand(factor);
        call.bind_over_time(v.data, {{width, 1}, {v.rows, v.row_stride}, {v.timesteps, v.time_stride}});
    }
    call.bind(nullptr, {{width, 1}, {a.layer.cell.vectors, width}});
    return call;
}

} // namespace timeloom::detail
