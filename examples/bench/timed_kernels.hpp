// Kernels that are timed where a model calls them, with the data and caches of a real training step.
#pragma once

#include "timeloom/dsl/network.hpp"
#include "timeloom/runtime/kernel_table.hpp"

#include <vector>

namespace timeloom::bench {

/// A copy of a kernel table whose calls add up their time. One object at a time: kernels are plain functions,
/// so their clocks are global.
class TimedKernels {
  public:
    explicit TimedKernels(const KernelTable& kernels);
    TimedKernels(const TimedKernels&) = delete;
    TimedKernels& operator=(const TimedKernels&) = delete;

    const KernelTable& table() const { return table_; }

    void reset();
    /// Time in kernel `entry` of the table since reset(), summed over the threads.
    double seconds(std::size_t entry) const;

  private:
    std::vector<KernelEntry> entries_;
    KernelTable table_;
};

/// Multiplications and additions of the kernel's matrix products for one row at one time step.
double flops_per_row(const dsl::network& network, const KernelEntry& kernel);

} // namespace timeloom::bench
