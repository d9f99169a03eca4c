// All that kernels ask of Halide's runtime: whether the processor has what one of their variants needs.
#pragma once

#include <HalideRuntime.h>

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace timeloom::embedded {

#if defined(__x86_64__)
/// Asked of the processor: clang 14 knows no such name in __builtin_cpu_supports().
inline bool has_f16c() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}
#endif

/// True if the processor lacks a feature that kernels ask for. Features of a target that are not about the
/// processor, such as no_runtime, are never lacking.
inline bool lacks(int feature) {
#if defined(__x86_64__)
    switch (feature) {
    case halide_target_feature_sse41:
        return !__builtin_cpu_supports("sse4.1");
    case halide_target_feature_avx:
        return !__builtin_cpu_supports("avx");
    case halide_target_feature_f16c:
        return !has_f16c();
    case halide_target_feature_fma:
        return !__builtin_cpu_supports("fma");
    case halide_target_feature_avx2:
        return !__builtin_cpu_supports("avx2");
    case halide_target_feature_avx512:
        return !__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512cd");
    case halide_target_feature_avx512_skylake:
        return !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512bw") ||
               !__builtin_cpu_supports("avx512dq");
    default:
        return false;
    }
#else
    return (void)feature, false;
#endif
}

} // namespace timeloom::embedded

/// Weak, so that a program with several models, or with the whole runtime, has one of them.
extern "C" __attribute__((weak)) int halide_can_use_target_features(int count,
                                                                    const std::uint64_t* features) {
    for (int feature = 0; feature < 64 * count; ++feature) {
        const bool is_needed = (features[feature / 64] >> (feature % 64) & 1) != 0;
        if (is_needed && timeloom::embedded::lacks(feature)) {
            return 0;
        }
    }
    return 1;
}
