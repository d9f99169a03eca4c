// Which memory the kernels of weight and vector gradients read.
#include "timeloom/runtime/cell_binding.hpp"

#include "timeloom/dsl/products.hpp"

namespace timeloom {

using dsl::kernel_kind;
using dsl::padded;

namespace {

/// (u, gate, b, t) over the rows that count.
void bind_gates(KernelCall& call, const CellArguments& a) {
    const SequenceView v = a.memory.gates(0);
    const int width = padded(a.layer.units);
    call.bind_over_time(v.data,
                        {{width, 1},
                         {a.layer.cell.gates.size(), v.row_stride * v.padded_rows},
                         {v.rows, v.row_stride},
                         {v.timesteps, v.time_stride}},
                        !a.memory.keeps_all_pieces());
}

KernelCall bind_weight_gradient(const KernelEntry& entry, const CellArguments& a,
                                const dsl::gradient_run& run) {
    const dsl::product_group group = dsl::product_groups(a.layer.cell.step)[run.group];
    const int k = group.reads_input ? a.layer.features : a.layer.units;
    const int gates = group.matrices.size();
    const int lanes = dsl::lane_block(a.layer.units);
    const SequenceView operand = group.reads_input ? a.input : a.memory.operand(group.operand);
    KernelCall call(entry);
    call.bind_over_time(
        operand.data,
        {{padded(k), 1}, {operand.rows, operand.row_stride}, {operand.timesteps, operand.time_stride}});
    bind_gates(call, a);
    call.bind(nullptr, {{lanes, 1},
                        {run.count, lanes},
                        {k, lanes * gates},
                        {dsl::block_count(a.layer.units), std::ptrdiff_t{lanes} * gates * k}});
    return call;
}

} // namespace

std::vector<WeightGradient> bind_weight_gradients(const LayerKernels& kernels, const CellArguments& a,
                                                  Operands operands) {
    std::vector<WeightGradient> gradients;
    const auto groups = dsl::product_groups(a.layer.cell.step);
    const auto runs = dsl::gradient_runs(a.layer.cell);
    for (int r = 0; r < runs.size(); ++r) {
        const bool reads_input = groups[runs[r].group].reads_input;
        if (operands == Operands::input && !reads_input) {
            continue;
        }
        const std::size_t packed = a.offsets.groups[static_cast<std::size_t>(runs[r].group)];
        const int in_row = runs[r].first * dsl::lane_block(a.layer.units);
        gradients.push_back({bind_weight_gradient(kernels.get(kernel_kind::weight_gradient, r), a, runs[r]),
                             packed - a.dense_begin + static_cast<std::size_t>(in_row), reads_input});
    }
    return gradients;
}

KernelCall bind_vector_gradient(const KernelEntry& entry, const CellArguments& a) {
    const int width = padded(a.layer.units);
    KernelCall call(entry);
    bind_gates(call, a);
    for (const int factor : dsl::vector_factors(a.layer.cell)) {
        const SequenceView v = a.memory.operand(factor);
        call.bind_over_time(v.data, {{width, 1}, {v.rows, v.row_stride}, {v.timesteps, v.time_stride}});
    }
    call.bind(nullptr, {{width, 1}, {a.layer.cell.step.vectors.size(), width}});
    return call;
}

} // namespace timeloom
