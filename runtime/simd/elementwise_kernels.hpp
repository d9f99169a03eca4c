// The elementwise loops as templates over an xsimd architecture; included once per instruction set only.
// Read vector_loop.hpp first.
#pragma once

#include "timeloom/runtime/simd/elementwise.hpp"
#include "timeloom/runtime/simd/philox_kernel.hpp"
#include "timeloom/runtime/simd/vector_loop.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

namespace timeloom::detail::elementwise_kernels {

template <class Arch>
void add(std::size_t count, float* sum, const float* values) {
    using B = Batch<Arch>;
    const auto step = [](float* s, const float* v) {
        (B::load_unaligned(s) + B::load_unaligned(v)).store_unaligned(s);
    };
    for_each_vector<Arch>(count, step, sum, values);
}

template <class Arch>
void scale(float factor, std::size_t count, float* values) {
    using B = Batch<Arch>;
    const auto step = [f = B(factor)](float* v) { (B::load_unaligned(v) * f).store_unaligned(v); };
    for_each_vector<Arch>(count, step, values);
}

template <class Arch>
float largest(std::size_t count, const float* values) {
    using B = Batch<Arch>;
    using Bits = xsimd::batch<std::int32_t, Arch>;
    // The bits of magnitudes are ordered as the magnitudes are, and those of NaN come last.
    const Bits magnitude(0x7fffffff);
    Bits largest(0);
    const auto step = [&](const float* v) {
        largest = xsimd::max(largest, xsimd::bitwise_cast<Bits>(B::load_unaligned(v)) & magnitude);
    };
    for_each_vector<Arch>(count, step, values);
    std::int32_t lanes[Bits::size];
    largest.store_unaligned(lanes);
    const float found = std::bit_cast<float>(*std::max_element(lanes, lanes + Bits::size));
    return found == found ? found : std::numeric_limits<float>::infinity();
}

template <class Arch>
constexpr ElementwiseTable table(const char* instruction_set) {
    return {instruction_set, scale<Arch>, add<Arch>, largest<Arch>, philox_bits<Arch>};
}

} // namespace timeloom::detail::elementwise_kernels
