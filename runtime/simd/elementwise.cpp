#include "timeloom/runtime/simd/elementwise.hpp"

#include "timeloom/runtime/simd/instruction_sets.hpp"

namespace timeloom::detail {

extern const ElementwiseTable elementwise_baseline;
#if defined(__x86_64__)
extern const ElementwiseTable elementwise_avx2;
extern const ElementwiseTable elementwise_avx512;
#endif

std::span<const ElementwiseTable* const> runnable_elementwise_tables() {
#if defined(__x86_64__)
    static constexpr const ElementwiseTable* tables[] = {&elementwise_avx512, &elementwise_avx2,
                                                         &elementwise_baseline};
#else
    static constexpr const ElementwiseTable* tables[] = {&elementwise_baseline};
#endif
    return runnable(tables);
}

const ElementwiseTable& elementwise() {
    static const ElementwiseTable& best = *runnable_elementwise_tables().front();
    return best;
}

} // namespace timeloom::detail
