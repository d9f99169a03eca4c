// The elementwise loops as templates over an xsimd architecture; included once per instruction set only.
//
// Everything here is a template over Arch, so that no function compiled with wider instructions can be picked
// by the linker for another instruction set. The files that include this are compiled with
// -ffp-contract=off: a product and a sum fused in the main loop but not in the tail would give other bits.
#pragma once

#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/philox_kernel.hpp"

#include <xsimd/xsimd.hpp>

#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace timeloom::elementwise_kernels {

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

template <class Arch>
void adam(const AdamCoefficients& c, std::size_t count, float* parameters, const float* gradients, float* m,
          float* v) {
    using B = Batch<Arch>;
    const B alpha(c.alpha), rate_1(c.one_minus_beta_1), rate_2(c.one_minus_beta_2), epsilon(c.epsilon);
    const auto step = [&](float* p, const float* g, float* m_i, float* v_i) {
        const B gradient = B::load_unaligned(g);
        B first = B::load_unaligned(m_i);
        B second = B::load_unaligned(v_i);
        first += (gradient - first) * rate_1;
        second += (gradient * gradient - second) * rate_2;
        first.store_unaligned(m_i);
        second.store_unaligned(v_i);
        const B change = first * alpha / (xsimd::sqrt(second) + epsilon);
        (B::load_unaligned(p) - change).store_unaligned(p);
    };
    for_each_vector<Arch>(count, step, parameters, gradients, m, v);
}

template <class Arch>
void sgd(const SgdCoefficients& c, std::size_t count, float* parameters, const float* gradients) {
    using B = Batch<Arch>;
    const B learning_rate(c.learning_rate);
    const auto step = [&](float* p, const float* g) {
        (B::load_unaligned(p) - B::load_unaligned(g) * learning_rate).store_unaligned(p);
    };
    for_each_vector<Arch>(count, step, parameters, gradients);
}

template <class Arch, bool nesterov>
void sgd_momentum(const SgdCoefficients& c, std::size_t count, float* parameters, const float* gradients,
                  float* velocity) {
    using B = Batch<Arch>;
    const B learning_rate(c.learning_rate), momentum(c.momentum);
    const auto step = [&](float* p, const float* g, float* v) {
        const B descent = B::load_unaligned(g) * learning_rate;
        const B next = momentum * B::load_unaligned(v) - descent;
        next.store_unaligned(v);
        const B change = nesterov ? momentum * next - descent : next;
        (B::load_unaligned(p) + change).store_unaligned(p);
    };
    for_each_vector<Arch>(count, step, parameters, gradients, velocity);
}

template <class Arch>
void add(std::size_t count, float* sum, const float* values) {
    using B = Batch<Arch>;
    const auto step = [](float* s, const float* v) {
        (B::load_unaligned(s) + B::load_unaligned(v)).store_unaligned(s);
    };
    for_each_vector<Arch>(count, step, sum, values);
}

/// Largest value; one that is not a number may be passed over.
template <class Arch>
float maximum(std::size_t count, const float* values) {
    using B = Batch<Arch>;
    float largest = values[0];
    std::size_t i = 0;
    if (count >= B::size) {
        B lanes = B::load_unaligned(values);
        for (i = B::size; i + B::size <= count; i += B::size)
            lanes = xsimd::max(lanes, B::load_unaligned(values + i));
        alignas(64) float each[B::size];
        lanes.store_aligned(each);
        for (const float value : each)
            largest = value > largest ? value : largest;
    }
    for (; i < count; ++i)
        largest = values[i] > largest ? values[i] : largest;
    return largest;
}

template <class Arch>
double softmax_crossentropy(std::size_t width, const float* logits, const float* targets, float scale,
                            float* diff) {
    using B = Batch<Arch>;
    const float largest = maximum<Arch>(width, logits);

    // 1. sums of exp(logit - largest), of the targets, and of their product with the shifted logits
    const std::size_t whole = width - width % B::size;
    B exp_sums(0.0f), target_sums(0.0f), products(0.0f);
    alignas(64) float padded_logits[B::size], padded_targets[B::size];
    for (std::size_t i = whole; i < whole + B::size; ++i) {
        padded_logits[i - whole] = i < width ? logits[i] : largest;
        padded_targets[i - whole] = i < width ? targets[i] : 0.0f;
    }
    const auto accumulate = [&](const float* z, const float* y) {
        const B shifted = B::load_unaligned(z) - B(largest);
        const B target = B::load_unaligned(y);
        target_sums += target;
        products += target * shifted;
        return xsimd::exp(shifted);
    };
    for (std::size_t i = 0; i < whole; i += B::size) {
        const B exps = accumulate(logits + i, targets + i);
        exp_sums += exps;
        if (diff != nullptr)
            exps.store_unaligned(diff + i);
    }
    double exp_sum = xsimd::hadd(exp_sums);
    if (whole < width) {
        alignas(64) float exps[B::size];
        accumulate(padded_logits, padded_targets).store_aligned(exps);
        for (std::size_t i = whole; i < width; ++i) {
            exp_sum += exps[i - whole];
            if (diff != nullptr)
                diff[i] = exps[i - whole];
        }
    }
    const double target_sum = xsimd::hadd(target_sums);

    // 2. the loss, and the gradient from the exponentials left in diff
    if (diff != nullptr) {
        const B to_softmax(static_cast<float>(target_sum / exp_sum)), factor(scale);
        const auto step = [&](float* d, const float* y) {
            ((B::load_unaligned(d) * to_softmax - B::load_unaligned(y)) * factor).store_unaligned(d);
        };
        for_each_vector<Arch>(width, step, diff, targets);
    }
    return target_sum * std::log(exp_sum) - static_cast<double>(xsimd::hadd(products));
}

template <class Arch>
constexpr ElementwiseTable table(const char* instruction_set) {
    return {instruction_set,
            adam<Arch>,
            sgd<Arch>,
            sgd_momentum<Arch, false>,
            sgd_momentum<Arch, true>,
            add<Arch>,
            softmax_crossentropy<Arch>,
            philox_bits<Arch>};
}

} // namespace timeloom::elementwise_kernels
