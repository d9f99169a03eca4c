#include "timeloom/runtime/arima/likelihood/filter_calls.hpp"

#include "timeloom/runtime/base/halide_message.hpp"
#include "timeloom/runtime/error.hpp"

#include <HalideRuntime.h>

#include <algorithm>

namespace timeloom {

void SeriesBlock::clear_after(int step) {
    const int rows = std::min(reach_ + dsl::filter_unroll, stride_ - reach_ - step);
    for (int i = 0; i < columns_; ++i) {
        std::fill_n(column(i) + step, rows, LaneRow{});
    }
}

/// Buffers of one call, described on the stack.
class FilterCalls::Arguments {
  public:
    explicit Arguments(const FilterCalls& calls) : calls_(calls) {
        if (calls.kernels_.has_open_period) {
            pointers_[count_++] = const_cast<int*>(&calls.kernels_.filter.seasonal_period);
        }
    }

    void add_rows(const LaneRow* rows, int count, int columns = 0) {
        halide_dimension_t* d = next(rows, columns > 0 ? 3 : 2);
        d[1] = {0, count, lanes};
        d[2] = {0, columns, lanes * count};
    }
    /// A series whose last `reach` rows may be read, too.
    void add_input(const SeriesBlock& block, int first, int count) {
        add(block, first, count, calls_.reach_);
    }
    void add_inputs(std::span<SeriesBlock> blocks, int first, int count) {
        for (const SeriesBlock& block : blocks) {
            add_input(block, first, count);
        }
    }
    void add_outputs(std::span<SeriesBlock> blocks, int first, int count) {
        for (const SeriesBlock& block : blocks) {
            add(block, first, count, calls_.reach_);
        }
    }

    void call(LagFilterKernels::Kernel kernel, const char* name) {
        if (const int code = kernel(pointers_.data()); code != 0) {
            throw Error(std::string("the ") + name + " lag filter failed with code " + std::to_string(code) +
                        ": " + last_halide_message());
        }
    }

  private:
    static constexpr int lanes = dsl::series_lanes;
    static constexpr std::size_t most = 16;

    void add(const SeriesBlock& block, int first, int count, int after) {
        const int reach = calls_.reach_;
        halide_dimension_t* d = next(block.column(first) + calls_.first_ - reach, 3);
        d[1] = {-reach, calls_.steps_ + reach + after, lanes};
        d[2] = {0, count, lanes * block.stride()};
    }

    halide_dimension_t* next(const LaneRow* rows, int dimensions) {
        halide_buffer_t& buffer = buffers_[used_];
        buffer.host = reinterpret_cast<std::uint8_t*>(const_cast<LaneRow*>(rows));
        buffer.type = halide_type_t(halide_type_float, 64);
        buffer.dimensions = dimensions;
        buffer.dim = dimensions_[used_].data();
        buffer.dim[0] = {0, lanes, 1};
        pointers_[count_++] = &buffer;
        return dimensions_[used_++].data();
    }

    const FilterCalls& calls_;
    std::array<halide_buffer_t, most> buffers_{};
    std::array<std::array<halide_dimension_t, 3>, most> dimensions_;
    std::array<void*, most + 1> pointers_;
    std::size_t used_ = 0, count_ = 0; ///< buffers, arguments
};

FilterCalls::FilterCalls(const LagFilterKernels& kernels)
    : kernels_(kernels), reach_(dsl::reach(kernels.filter)),
      stages_(std::max(1, dsl::factors(kernels.filter).size())) {
    remember_halide_messages();
}

void FilterCalls::forward(const LaneRow* coefficients, ColumnRange w, std::span<SeriesBlock> after) const {
    Arguments arguments(*this);
    arguments.add_rows(coefficients, std::max(1, filter().parameters()));
    arguments.add_input(*w.block, w.first, w.count);
    arguments.add_outputs(after, w.first, w.count);
    arguments.call(kernels_.forward, "forward");
}

void FilterCalls::adjoint(const LaneRow* coefficients, ColumnRange source, std::span<SeriesBlock> before,
                          int first_before) const {
    Arguments arguments(*this);
    arguments.add_rows(coefficients, std::max(1, filter().parameters()));
    arguments.add_input(*source.block, source.first, source.count);
    arguments.add_outputs(before, first_before, source.count);
    arguments.call(kernels_.adjoint, "adjoint");
}

void FilterCalls::gradient(ColumnRange w, std::span<SeriesBlock> after, int first_after,
                           std::span<SeriesBlock> before, int first_before, ColumnRange source,
                           LaneRow* sums) const {
    if (kernels_.gradient == nullptr) {
        return;
    }
    Arguments arguments(*this);
    arguments.add_input(*w.block, w.first, w.count);
    arguments.add_inputs(after, first_after, w.count);
    arguments.add_inputs(before, first_before, w.count);
    arguments.add_input(*source.block, source.first, w.count);
    arguments.add_rows(sums, filter().parameters(), w.count);
    arguments.call(kernels_.gradient, "gradient");
}

void FilterCalls::synthesis(const LaneRow* coefficients, ColumnRange noise,
                            std::span<SeriesBlock> before) const {
    Arguments arguments(*this);
    arguments.add_rows(coefficients, std::max(1, filter().parameters()));
    arguments.add_input(*noise.block, noise.first, noise.count);
    arguments.add_outputs(before, noise.first, noise.count);
    arguments.call(kernels_.synthesis, "synthesis");
}

} // namespace timeloom
