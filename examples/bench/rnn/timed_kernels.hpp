// Kernels that are timed where a model calls them, with the data and caches of a real training step.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <vector>

namespace timeloom::bench {

/// A copy of a plan whose kernels add up their time. One object at a time: kernels are plain functions,
/// so their clocks are global.
class TimedKernels {
  public:
    explicit TimedKernels(const plan::Model& plan);
    TimedKernels(const TimedKernels&) = delete;
    TimedKernels& operator=(const TimedKernels&) = delete;

    const plan::Model& plan() const { return plan_; }

    void reset();
    /// Time in kernel `number` of the plan since reset(), summed over the threads.
    double seconds(std::size_t number) const;

  private:
    std::vector<plan::Kernel> kernels_;
    plan::Model plan_;
};

/// Multiplications and additions of the kernel's matrix products for one row at one time step.
double flops_per_row(const plan::Model& plan, const plan::Kernel& kernel);

} // namespace timeloom::bench
