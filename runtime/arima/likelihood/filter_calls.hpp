// Calls of generated lag filters over blocks of eight series, with the arguments that their plan tells.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"
#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Steps rounded up to what a kernel takes.
constexpr int whole_runs(int steps) {
    return (steps + plan::filter_unroll - 1) / plan::filter_unroll * plan::filter_unroll;
}

/// Series (lane, t, column) with room for `steps` time steps, and zeros for a filter's reach before and after
/// them.
class SeriesBlock {
  public:
    SeriesBlock() = default;
    SeriesBlock(int steps, int reach, int columns)
        : reach_(reach), columns_(columns), stride_(steps + 2 * reach),
          rows_(static_cast<std::size_t>(stride_) * static_cast<std::size_t>(columns)) {}

    int columns() const { return columns_; }
    int reach() const { return reach_; }
    /// Rows from one column to the next.
    int stride() const { return stride_; }
    /// Time step 0 of a column; steps from -reach on may be read.
    LaneRow* column(int i) { return rows_.data() + i * stride_ + reach_; }
    const LaneRow* column(int i) const { return rows_.data() + i * stride_ + reach_; }

    /// Zeros from `step` on, as far as a filter of about so many steps reaches.
    void clear_after(int step);

  private:
    int reach_ = 0;
    int columns_ = 0;
    int stride_ = 0;
    aligned_buffer<LaneRow> rows_;
};

/// Columns [first, first + count) of a block.
struct ColumnRange {
    SeriesBlock* block = nullptr;
    int first = 0;
    int count = 0;
};

/// The kernels of one filter, for a number of time steps that is a multiple of plan::filter_unroll. Throws
/// Error with Halide's message when a kernel fails.
class FilterCalls {
  public:
    explicit FilterCalls(const plan::LagFilterKernels& kernels);

    const plan::LagFilter& filter() const { return kernels_.filter; }
    int reach() const { return reach_; }
    /// Series that forward and adjoint filters write: one for each factor.
    int stages() const { return stages_; }
    /// Whether gradient() reads what adjoint() writes: not for a single autoregressive factor.
    bool needs_adjoint() const {
        const auto all = plan::factors(filter());
        return all.size() > 1 || (all.size() == 1 && all[0].moving_average);
    }
    /// Calls work on time steps [first, first + steps); those before, within reach, are read as they are.
    void set_window(int first, int steps) {
        first_ = first;
        steps_ = steps;
    }
    void set_steps(int steps) { set_window(0, steps); }

    // `stages` are blocks of which the same columns are meant.
    void forward(const LaneRow* coefficients, ColumnRange w, std::span<SeriesBlock> after) const;
    void adjoint(const LaneRow* coefficients, ColumnRange source, std::span<SeriesBlock> before) const {
        adjoint(coefficients, source, before, source.first);
    }
    void adjoint(const LaneRow* coefficients, ColumnRange source, std::span<SeriesBlock> before,
                 int first_before) const;
    /// `sums` is (column, coefficient).
    void gradient(ColumnRange w, std::span<SeriesBlock> after, int first_after, std::span<SeriesBlock> before,
                  int first_before, ColumnRange source, LaneRow* sums) const;
    void synthesis(const LaneRow* coefficients, ColumnRange noise, std::span<SeriesBlock> before) const;

  private:
    /// What the arguments of a call are made of.
    struct Operands {
        const LaneRow* coefficients = nullptr;
        ColumnRange series{}, diff_residuals{};
        std::span<SeriesBlock> after{}, before{};
        int first_after = 0, first_before = 0; ///< columns of these
        int columns = 0;
        LaneRow* diff_coefficients = nullptr;
    };
    class Arguments;

    void call(plan::LagFilterKind kind, const Operands& operands) const;

    plan::LagFilterKernels kernels_;
    int reach_;
    int stages_;
    int first_ = 0;
    int steps_ = 0;
};

} // namespace timeloom::detail
