// The input of a cell that reads an embedding: what its matrices make of a row is computed once for all time
// steps of a batch that read it, and so is what flows back through them.
#pragma once

#include "timeloom/runtime/cells/cell_binding.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/distinct_rows.hpp"

#include <vector>

namespace timeloom::detail {

/// products = rows · W + b of each distinct row; backward: sums = Σ of the gate gradients of the steps that
/// read a row, ∂W += rowsᵀ · sums, ∂rows = sums · Wᵀ.
class LookedUpInput {
  public:
    /// Looks up the input of the cell at `layer`; `rows` are the rows of the embedding that it reads.
    LookedUpInput(const plan::Model& plan, std::size_t layer, ParameterView parameters, DistinctRows& rows,
                  bool training);
    LookedUpInput(const LookedUpInput&) = delete;
    LookedUpInput& operator=(const LookedUpInput&) = delete;

    /// True if the present batch names few rows; with others the cell reads its input step by step.
    bool is_used() const { return rows_.are_few(); }
    /// The cell's kernel that looks products up, by the `numbers` of the rows that its steps read; to be
    /// called after multiply().
    KernelCall bind_forward(const CellArguments& cell, const LayerKernels& kernels,
                            const SequenceView& numbers) const;
    void multiply();

    void begin_backward();
    /// Adds the gate gradients of time steps [first, first + count), which lie in the cell's memory.
    void add_gates(CellMemory& cell, const SequenceView& numbers, int first, int count);
    void finish_backward(float* gradients);

  private:
    void bind_backward(const LayerKernels& kernels);

    const plan::Layer& layer_;
    int row_tile_;
    DistinctRows& rows_;
    bool training_;
    std::vector<SequenceView> sums_,
        present_;       ///< of the gates that the input feeds: of rows, and of the cell's present piece
    CellMemory memory_; ///< its sequences are the rows
    CellArguments arguments_;
    aligned_buffer<float> products_memory_;
    SequenceView products_;
    KernelCall multiply_, rows_gradient_;
    std::vector<WeightGradient> weight_gradients_;
};

} // namespace timeloom::detail
