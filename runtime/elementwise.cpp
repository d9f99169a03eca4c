// Choice of the elementwise loops for the processor at hand.
#include "timeloom/runtime/elementwise.hpp"

#include <array>

namespace timeloom {

extern const ElementwiseTable elementwise_baseline;
#if defined(__x86_64__)
extern const ElementwiseTable elementwise_avx2;
extern const ElementwiseTable elementwise_avx512;
#endif

namespace {

struct RunnableTables {
    std::array<const ElementwiseTable*, 3> tables{};
    std::size_t count = 0;

    RunnableTables() {
#if defined(__x86_64__)
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl"))
            tables[count++] = &elementwise_avx512;
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
            tables[count++] = &elementwise_avx2;
#endif
        tables[count++] = &elementwise_baseline;
    }
};

const RunnableTables& runnable_tables() {
    static const RunnableTables tables;
    return tables;
}

} // namespace

const ElementwiseTable& elementwise() { return *runnable_tables().tables[0]; }

std::span<const ElementwiseTable* const> runnable_elementwise_tables() {
    return {runnable_tables().tables.data(), runnable_tables().count};
}

} // namespace timeloom
