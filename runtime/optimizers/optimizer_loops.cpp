#include "timeloom/runtime/optimizers/optimizer_loops.hpp"

#include "timeloom/runtime/simd/instruction_sets.hpp"

namespace timeloom::detail {

extern const OptimizerTable optimizer_loops_baseline;
#if defined(__x86_64__)
extern const OptimizerTable optimizer_loops_avx2;
extern const OptimizerTable optimizer_loops_avx512;
#endif

std::span<const OptimizerTable* const> runnable_optimizer_tables() {
#if defined(__x86_64__)
    static constexpr const OptimizerTable* tables[] = {&optimizer_loops_avx512, &optimizer_loops_avx2,
                                                       &optimizer_loops_baseline};
#else
    static constexpr const OptimizerTable* tables[] = {&optimizer_loops_baseline};
#endif
    return runnable(tables);
}

const OptimizerTable& optimizer_loops() {
    static const OptimizerTable& best = *runnable_optimizer_tables().front();
    return best;
}

} // namespace timeloom::detail
