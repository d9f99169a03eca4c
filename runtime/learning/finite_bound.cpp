#include "timeloom/runtime/learning/finite_bound.hpp"

#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

/// The largest magnitude of all values; infinity where one is not finite.
double FiniteBound::largest_of(ThreadPool& pool, std::span<const float> values) {
    const std::size_t parts = pool.threads();
    of_part_.resize(parts);
    pool.run(parts, [&](std::size_t part) {
        const std::size_t first = values.size() * part / parts, last = values.size() * (part + 1) / parts;
        of_part_[part] = elementwise().largest(last - first, values.data() + first);
    });
    return double{std::ranges::max(of_part_)};
}

void FiniteBound::measure(ThreadPool& pool, std::span<const float> parameters,
                          const OptimizerState& optimizer) {
    const double parameter = largest_of(pool, parameters);
    reach_ = Reach{parameter, largest_of(pool, optimizer.moments())};
}

bool FiniteBound::admits_step(const OptimizerState& optimizer, float largest_gradient) {
    const Reach next = optimizer.reach_of_next_step(*reach_, largest_gradient);
    if (next.is_finite()) {
        reach_ = next;
    }
    return next.is_finite();
}

bool FiniteBound::was_finite() const {
    return std::isfinite(reach_->parameter) && std::isfinite(reach_->moment);
}

} // namespace timeloom::detail
