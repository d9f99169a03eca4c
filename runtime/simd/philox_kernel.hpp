// Philox4x32-10 as a template over an xsimd architecture; for elementwise_kernels.hpp only, whose rules
// apply.
#pragma once

#include <xsimd/xsimd.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace timeloom::detail::elementwise_kernels {

template <class Arch>
using Words = xsimd::batch<std::uint64_t, Arch>;

/// Products of the lower halves of the 64-bit lanes, for which xsimd 8.1 has no name.
template <class Arch>
Words<Arch> multiply_lower_halves(const Words<Arch>& a, const Words<Arch>& b) {
#if defined(__x86_64__)
    if constexpr (sizeof(a.data) == sizeof(__m128i))
        return _mm_mul_epu32(a.data, b.data);
#if defined(__AVX2__)
    if constexpr (sizeof(a.data) == sizeof(__m256i))
        return _mm256_mul_epu32(a.data, b.data);
#endif
#if defined(__AVX512F__)
    if constexpr (sizeof(a.data) == sizeof(__m512i))
        return _mm512_mul_epu32(a.data, b.data);
#endif
#else
    constexpr std::uint64_t lower_half = 0xffff'ffff;
    alignas(64) std::uint64_t x[Words<Arch>::size], y[Words<Arch>::size];
    a.store_aligned(x);
    b.store_aligned(y);
    for (std::size_t lane = 0; lane < Words<Arch>::size; ++lane)
        x[lane] = (x[lane] & lower_half) * (y[lane] & lower_half);
    return Words<Arch>::load_aligned(x);
#endif
}

/// One block per 64-bit lane. Only the lower half of a lane counts: products leave their upper halves in
/// place.
template <class Arch>
void philox_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t first_block, std::size_t count,
                 std::uint32_t* words) {
    using W = Words<Arch>;
    constexpr std::uint64_t lower_half = 0xffff'ffff;
    const W multiplier_0(std::uint64_t{0xD2511F53}), multiplier_2(std::uint64_t{0xCD9E8D57});
    std::uint64_t keys_0[10], keys_1[10];
    for (std::uint64_t round = 0; round < 10; ++round) {
        keys_0[round] = (seed + round * 0x9E3779B9) & lower_half;
        keys_1[round] = ((seed >> 32) + round * 0xBB67AE85) & lower_half;
    }
    alignas(64) std::uint64_t lanes[W::size], words_01[W::size], words_23[W::size];
    for (std::size_t lane = 0; lane < W::size; ++lane)
        lanes[lane] = lane;

    for (std::size_t done = 0; done < count; first_block += W::size) {
        W c0 = W::load_aligned(lanes) + W(first_block);
        W c1 = c0 >> 32;
        W c2(stream), c3(stream >> 32);
        for (int round = 0; round < 10; ++round) {
            const W product_0 = multiply_lower_halves<Arch>(c0, multiplier_0);
            const W product_2 = multiply_lower_halves<Arch>(c2, multiplier_2);
            c0 = (product_2 >> 32) ^ c1 ^ W(keys_0[round]);
            c2 = (product_0 >> 32) ^ c3 ^ W(keys_1[round]);
            c1 = product_2;
            c3 = product_0;
        }
        ((c0 & W(lower_half)) | (c1 << 32)).store_aligned(words_01);
        ((c2 & W(lower_half)) | (c3 << 32)).store_aligned(words_23);
        for (std::size_t lane = 0; lane < W::size && done < count; ++lane, done += 4) {
            const std::uint64_t block[2] = {words_01[lane], words_23[lane]};
            if (count - done >= 4)
                std::memcpy(words + done, block, sizeof block);
            else
                std::memcpy(words + done, block, (count - done) * sizeof(std::uint32_t));
        }
    }
}

} // namespace timeloom::detail::elementwise_kernels
