#include "timeloom/runtime/simd/instruction_sets.hpp"

#include <HalideRuntime.h>

#include <array>
#include <cstdint>
#include <initializer_list>

namespace timeloom::detail {

#if defined(__x86_64__)

namespace {

/// Asks where the kernels ask, so that they and the loops always keep to the same instruction set.
bool can_use(std::initializer_list<halide_target_feature_t> features) {
    std::array<std::uint64_t, (halide_target_feature_end + 63) / 64> words{};
    for (const halide_target_feature_t feature : features) {
        words[static_cast<std::size_t>(feature) / 64] |= std::uint64_t{1} << (feature % 64);
    }
    return halide_can_use_target_features(static_cast<int>(words.size()), words.data()) != 0;
}

} // namespace

std::size_t count_runnable_instruction_sets() {
    static const std::size_t count = [] {
        const bool avx2 = can_use({halide_target_feature_avx2, halide_target_feature_fma});
        const bool avx512 = can_use({halide_target_feature_avx512, halide_target_feature_avx512_skylake});
        return std::size_t{1} + (avx2 ? 1 : 0) + (avx512 ? 1 : 0);
    }();
    return count;
}

#else

std::size_t count_runnable_instruction_sets() { return 1; }

#endif

} // namespace timeloom::detail
