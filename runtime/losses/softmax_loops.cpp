#include "timeloom/runtime/losses/softmax_loops.hpp"

#include "timeloom/runtime/simd/instruction_sets.hpp"

namespace timeloom::detail {

extern const SoftmaxTable softmax_loops_baseline;
#if defined(__x86_64__)
extern const SoftmaxTable softmax_loops_avx2;
extern const SoftmaxTable softmax_loops_avx512;
#endif

std::span<const SoftmaxTable* const> runnable_softmax_tables() {
#if defined(__x86_64__)
    static constexpr const SoftmaxTable* tables[] = {&softmax_loops_avx512, &softmax_loops_avx2,
                                                     &softmax_loops_baseline};
#else
    static constexpr const SoftmaxTable* tables[] = {&softmax_loops_baseline};
#endif
    return runnable(tables);
}

const SoftmaxTable& softmax_loops() {
    static const SoftmaxTable& best = *runnable_softmax_tables().front();
    return best;
}

} // namespace timeloom::detail
