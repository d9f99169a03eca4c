// Choice of the elementwise loops for the processor at hand.
#include "timeloom/runtime/simd/elementwise.hpp"

#include <HalideRuntime.h>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace timeloom::detail {

extern const ElementwiseTable elementwise_baseline;
#if defined(__x86_64__)
extern const ElementwiseTable elementwise_avx2;
extern const ElementwiseTable elementwise_avx512;
#endif

namespace {

/// Asks where the kernels ask, so that they and the loops always keep to the same instruction set.
[[maybe_unused]] bool can_use(std::initializer_list<halide_target_feature_t> features) {
    std::array<std::uint64_t, (halide_target_feature_end + 63) / 64> words{};
    for (const halide_target_feature_t feature : features) {
        words[static_cast<std::size_t>(feature) / 64] |= std::uint64_t{1} << (feature % 64);
    }
    return halide_can_use_target_features(static_cast<int>(words.size()), words.data()) != 0;
}

struct RunnableTables {
    std::array<const ElementwiseTable*, 3> tables{};
    std::size_t count = 0;

    RunnableTables() {
#if defined(__x86_64__)
        if (can_use({halide_target_feature_avx512, halide_target_feature_avx512_skylake}))
            tables[count++] = &elementwise_avx512;
        if (can_use({halide_target_feature_avx2, halide_target_feature_fma}))
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

} // namespace timeloom::detail
