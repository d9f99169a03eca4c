// A bound on all parameters and moments, which shows that a step of the optimizer keeps them finite.
//
// Kernels take all numbers for finite, so that parameters and the optimizer's moments must be. Looking at all
// that a step writes, or keeping what it overwrites, would take time; instead a bound on all magnitudes is
// carried from step to step, which with the largest gradient shows that nothing can overflow. It is measured
// where it has grown too far.
#pragma once

#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"

#include <optional>
#include <span>
#include <vector>

namespace timeloom::detail {

class FiniteBound {
  public:
    /// Somebody has changed parameters or moments.
    void forget() { reach_.reset(); }
    bool is_known() const { return reach_.has_value(); }
    /// All updates must have been made: what is postponed would not be seen.
    void measure(ThreadPool& pool, std::span<const float> parameters, const OptimizerState& optimizer);
    /// True if the optimizer's next step keeps everything finite for certain; then the bound is that of after
    /// it.
    bool admits_step(const OptimizerState& optimizer, float largest_gradient);
    /// True if all that was measured is finite.
    bool was_finite() const;

  private:
    double largest_of(ThreadPool& pool, std::span<const float> values);

    std::optional<Reach> reach_;
    std::vector<float> of_part_; ///< largest magnitudes that the threads have found
};

} // namespace timeloom::detail
