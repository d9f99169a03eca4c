// A loop over whole vectors and a rest, for loops that are compiled once per instruction set.
//
// Such loops are templates over an xsimd architecture, so that no function compiled with wider instructions
// can be picked by the linker for another instruction set. The files that make them are compiled with
// -ffp-contract=off: a product and a sum fused in the main loop but not in the tail would give other bits.
#pragma once

#include <xsimd/xsimd.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace timeloom::detail {

template <class Arch>
using Batch = xsimd::batch<float, Arch>;

/// Calls `step(p0, p1, ...)` for every whole vector of the arrays, then once for the rest, copied into padded
/// vectors and back: the same operations for every element, wherever it lies.
template <class Arch, class Step, class... Arrays>
void for_each_vector(std::size_t count, const Step& step, Arrays*... arrays) {
    constexpr std::size_t lanes = Batch<Arch>::size;
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        step((arrays + i)...);
    if (i == count)
        return;

    const std::size_t rest = count - i;
    const auto step_on_copies = [&](auto*... copies) {
        const auto copy_in = [&](float* copy, const float* array) {
            for (std::size_t lane = 0; lane < lanes; ++lane)
                copy[lane] = lane < rest ? array[i + lane] : 0.0f;
        };
        const auto copy_out = [&](const float* copy, auto* array) {
            if constexpr (!std::is_const_v<std::remove_pointer_t<decltype(array)>>)
                for (std::size_t lane = 0; lane < rest; ++lane)
                    array[i + lane] = copy[lane];
        };
        (copy_in(copies, arrays), ...);
        step(copies...);
        (copy_out(copies, arrays), ...);
    };
    alignas(64) float padded[sizeof...(Arrays)][lanes];
    [&]<std::size_t... Index>(std::index_sequence<Index...>) { step_on_copies(padded[Index]...); }
    (std::index_sequence_for<Arrays...>{});
}

} // namespace timeloom::detail
