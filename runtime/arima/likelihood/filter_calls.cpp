#include "timeloom/runtime/arima/likelihood/filter_calls.hpp"

#include "timeloom/runtime/base/halide_message.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plan/arima_names.hpp"

#include <HalideRuntime.h>

#include <algorithm>

namespace timeloom::detail {

void SeriesBlock::clear_after(int step) {
    const int rows = std::min(reach_ + plan::filter_unroll, stride_ - reach_ - step);
    for (int i = 0; i < columns_; ++i) {
        std::fill_n(column(i) + step, rows, LaneRow{});
    }
}

/// Buffers of one call, described on the stack.
class FilterCalls::Arguments {
  public:
    Arguments(const FilterCalls& calls, const Operands& operands) : calls_(calls), operands_(operands) {}

    void add(const plan::LagArgument& argument) {
        const auto stage = static_cast<std::size_t>(argument.index);
        switch (argument.role) {
        case plan::LagArgumentRole::period:
            pointers_[count_++] = const_cast<int*>(&calls_.kernels_.filter.seasonal_period);
            break;
        case plan::LagArgumentRole::coefficients:
            add_rows(operands_.coefficients, std::max(1, calls_.filter().parameters()), 2);
            break;
        case plan::LagArgumentRole::series:
            add_series(*operands_.series.block, operands_.series.first);
            break;
        case plan::LagArgumentRole::after:
            add_series(operands_.after[stage], operands_.first_after);
            break;
        case plan::LagArgumentRole::diff_residuals:
            add_series(*operands_.diff_residuals.block, operands_.diff_residuals.first);
            break;
        case plan::LagArgumentRole::before:
            add_series(operands_.before[stage], operands_.first_before);
            break;
        case plan::LagArgumentRole::diff_coefficients:
            add_rows(operands_.diff_coefficients, calls_.filter().parameters(), 3);
        }
    }
    void** pointers() { return pointers_.data(); }

  private:
    static constexpr int lanes = plan::series_lanes;
    static constexpr std::size_t most = 16;

    void add_rows(const LaneRow* rows, int count, int dimensions) {
        halide_dimension_t* d = next(rows, dimensions);
        d[1] = {0, count, lanes};
        d[2] = {0, operands_.columns, lanes * count};
    }
    /// A series whose last `reach` rows may be read, too.
    void add_series(const SeriesBlock& block, int first) {
        const int reach = calls_.reach_;
        halide_dimension_t* d = next(block.column(first) + calls_.first_ - reach, 3);
        d[1] = {-reach, calls_.steps_ + 2 * reach, lanes};
        d[2] = {0, operands_.columns, lanes * block.stride()};
    }

    halide_dimension_t* next(const LaneRow* rows, int dimensions) {
        halide_buffer_t& buffer = buffers_[used_] = {};
        buffer.host = reinterpret_cast<std::uint8_t*>(const_cast<LaneRow*>(rows));
        buffer.type = halide_type_t(halide_type_float, 64);
        buffer.dimensions = dimensions;
        buffer.dim = dimensions_[used_].data();
        buffer.dim[0] = {0, lanes, 1};
        pointers_[count_++] = &buffer;
        return dimensions_[used_++].data();
    }

    const FilterCalls& calls_;
    const Operands& operands_;
    std::array<halide_buffer_t, most> buffers_; // each set when it is used: most calls have few
    std::array<std::array<halide_dimension_t, 3>, most> dimensions_;
    std::array<void*, most + 1> pointers_;
    std::size_t used_ = 0, count_ = 0; ///< buffers, arguments
};

FilterCalls::FilterCalls(const plan::LagFilterKernels& kernels)
    : kernels_(kernels), reach_(plan::reach(kernels.filter)),
      stages_(std::max(1, plan::factors(kernels.filter).size())) {
    remember_halide_messages();
}

/// Nothing where the plan has no such kernel: a filter without coefficients has no gradient.
void FilterCalls::call(plan::LagFilterKind kind, const Operands& operands) const {
    const plan::LagKernel* kernel = kernels_.find(kind);
    if (kernel == nullptr) {
        return;
    }
    Arguments arguments(*this, operands);
    for (const plan::LagArgument& argument : kernel->signature) {
        arguments.add(argument);
    }
    if (const int code = kernel->call(arguments.pointers()); code != 0) {
        throw Error("the " + std::string(name_of(kind)) + " lag filter failed with code " +
                    std::to_string(code) + ": " + last_halide_message());
    }
}

void FilterCalls::forward(const LaneRow* coefficients, ColumnRange w, std::span<SeriesBlock> after) const {
    call(plan::LagFilterKind::forward, {.coefficients = coefficients,
                                        .series = w,
                                        .after = after,
                                        .first_after = w.first,
                                        .columns = w.count});
}

void FilterCalls::adjoint(const LaneRow* coefficients, ColumnRange source, std::span<SeriesBlock> before,
                          int first_before) const {
    call(plan::LagFilterKind::adjoint, {.coefficients = coefficients,
                                        .diff_residuals = source,
                                        .before = before,
                                        .first_before = first_before,
                                        .columns = source.count});
}

void FilterCalls::gradient(ColumnRange w, std::span<SeriesBlock> after, int first_after,
                           std::span<SeriesBlock> before, int first_before, ColumnRange source,
                           LaneRow* sums) const {
    call(plan::LagFilterKind::gradient, {.series = w,
                                         .diff_residuals = source,
                                         .after = after,
                                         .before = before,
                                         .first_after = first_after,
                                         .first_before = first_before,
                                         .columns = w.count,
                                         .diff_coefficients = sums});
}

void FilterCalls::synthesis(const LaneRow* coefficients, ColumnRange noise,
                            std::span<SeriesBlock> before) const {
    call(plan::LagFilterKind::synthesis, {.coefficients = coefficients,
                                          .series = noise,
                                          .before = before,
                                          .first_before = noise.first,
                                          .columns = noise.count});
}

} // namespace timeloom::detail
