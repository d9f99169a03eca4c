#include "fma_peak.hpp"

#include "timeloom/runtime/base/thread_pool.hpp"

#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <vector>

namespace timeloom::bench {

namespace {

constexpr int rounds = 200'000;

// Each chain starts elsewhere, or the compiler would compute equal chains once. As many chains as hide the
// latency of a multiply-add (4 cycles on 2 ports) and fit in the registers. Every loop returns something that
// depends on all of them.

__attribute__((target("avx512f"))) float chains_avx512(float factor, float term) {
    __m512 chain[16];
    for (std::size_t i = 0; i < std::size(chain); ++i) {
        chain[i] = _mm512_set1_ps(static_cast<float>(i));
    }
    for (int r = 0; r < rounds; ++r) {
        for (__m512& c : chain) {
            c = _mm512_fmadd_ps(c, _mm512_set1_ps(factor), _mm512_set1_ps(term));
        }
    }
    float sum = 0;
    for (const __m512& c : chain) {
        sum += _mm512_cvtss_f32(c);
    }
    return sum;
}

__attribute__((target("avx2,fma"))) float chains_avx2(float factor, float term) {
    __m256 chain[12];
    for (std::size_t i = 0; i < std::size(chain); ++i) {
        chain[i] = _mm256_set1_ps(static_cast<float>(i));
    }
    for (int r = 0; r < rounds; ++r) {
        for (__m256& c : chain) {
            c = _mm256_fmadd_ps(c, _mm256_set1_ps(factor), _mm256_set1_ps(term));
        }
    }
    float sum = 0;
    for (const __m256& c : chain) {
        sum += _mm256_cvtss_f32(c);
    }
    return sum;
}

float chains_sse(float factor, float term) {
    __m128 chain[12];
    for (std::size_t i = 0; i < std::size(chain); ++i) {
        chain[i] = _mm_set1_ps(static_cast<float>(i));
    }
    for (int r = 0; r < rounds; ++r) {
        for (__m128& c : chain) {
            c = _mm_add_ps(_mm_mul_ps(c, _mm_set1_ps(factor)), _mm_set1_ps(term));
        }
    }
    float sum = 0;
    for (const __m128& c : chain) {
        sum += _mm_cvtss_f32(c);
    }
    return sum;
}

struct Loop {
    const char* target;
    float (*run)(float, float);
    int chains;
    int lanes;
};

bool has_avx512_loop = true;

Loop widest_loop() {
    __builtin_cpu_init();
    // The features of the generated kernels' targets.
    if (has_avx512_loop && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")) {
        return {"avx512", chains_avx512, 16, 16};
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return {"avx2", chains_avx2, 12, 8};
    }
    return {"x86-64", chains_sse, 12, 4};
}

double seconds_of(const Loop& loop) {
    static std::atomic<float> sink; // keeps the result, and with it the loop
    const auto start = std::chrono::steady_clock::now();
    sink.store(loop.run(0.999f, 0.001f), std::memory_order_relaxed);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

std::string kernel_target() { return widest_loop().target; }

void keep_peak_to_avx2() { has_avx512_loop = false; }

double fma_peak_per_core(std::size_t threads) {
    constexpr int repetitions = 40;
    const Loop loop = widest_loop();
    ThreadPool pool(threads);
    std::vector<double> seconds(threads, 1e9);
    pool.run(threads, [&](std::size_t thread) {
        for (int i = 0; i < repetitions; ++i) {
            seconds[thread] = std::min(seconds[thread], seconds_of(loop));
        }
    });
    const double flops = 2.0 * rounds * loop.chains * loop.lanes;
    return flops / *std::ranges::min_element(seconds) / 1e9;
}

} // namespace timeloom::bench
