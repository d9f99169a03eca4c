// Calls of generated kernels: buffers described once, called many times without allocation.
#pragma once

#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/sequence_view.hpp"

#include <HalideRuntime.h>

#include <array>
#include <initializer_list>
#include <vector>

namespace timeloom::detail {

/// One dimension of a buffer, innermost first; strides count values.
struct Dimension {
    std::ptrdiff_t extent;
    std::ptrdiff_t stride;
};

/// The kernels that one layer calls, found by kind and variant.
class LayerKernels {
  public:
    LayerKernels(const plan::Model& model, const plan::Layer& layer)
        : model_(model), layer_(layer.kernels_of) {}
    /// nullptr where the plan has no such kernel.
    const plan::Kernel* find(plan::KernelKind kind, int variant) const;
    /// The same, but throws Error where there is none.
    const plan::Kernel& get(plan::KernelKind kind, int variant) const;
    /// The kernel for whole tiles of rows where there is one and the rows are padded to it, else that for
    /// single rows.
    const plan::Kernel& for_rows(plan::KernelKind kind, int padded_rows) const;

  private:
    const plan::Model& model_;
    int layer_;
};

/// A kernel with its arguments bound. The kernel's buffers must outlive it.
class KernelCall {
  public:
    KernelCall() = default;
    explicit KernelCall(const plan::Kernel& entry);

    /// Describes the next argument, in the order of the signature.
    void bind(float* data, std::initializer_list<Dimension> dimensions);
    /// The same for an argument whose outermost dimension is time. `is_piece`: memory of one piece of time,
    /// whose earliest step always lies at `data`; a negative stride of time goes through it from the last
    /// step.
    void bind_over_time(float* data, std::initializer_list<Dimension> dimensions, bool is_piece = false);
    void bind_over_time(const std::int32_t* data, std::initializer_list<Dimension> dimensions);

    /// Moves the last argument, which kernels write, to other memory of the same shape.
    void rebase_result(float* data);
    /// Lets all arguments over time show only the steps [first, first + count) of what was bound, which the
    /// kernel counts from `number` on.
    void select_time(int first, int count, int number = 0);
    /// Only changes the number of the first of these steps.
    void number_time(int number);

    /// Throws Error with Halide's message when the kernel fails; those generated with --check-arguments
    /// refuse wrong arguments so.
    void operator()() const;

    const plan::Kernel* entry() const { return entry_; }

  private:
    static constexpr int most_dimensions = 5;
    struct Argument {
        halide_buffer_t buffer{};
        std::array<halide_dimension_t, most_dimensions> dimensions{};
        std::uint8_t* first_step = nullptr; ///< null for arguments that have no time
        bool is_piece = false;
    };

    void find_pointers() const;

    const plan::Kernel* entry_ = nullptr;
    mutable std::vector<Argument> arguments_;
    mutable std::vector<void*> pointers_; ///< to the arguments' buffers
};

} // namespace timeloom::detail
