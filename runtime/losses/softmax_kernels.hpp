// Cross-entropies of softmax as templates over an xsimd architecture; included once per instruction set only.
#pragma once

#include "timeloom/runtime/losses/softmax_loops.hpp"
#include "timeloom/runtime/simd/vector_loop.hpp"

#include <cmath>
#include <cstddef>

namespace timeloom::detail::softmax_kernels {

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
double sparse_softmax_crossentropy(std::size_t width, const float* logits, std::size_t label, float scale,
                                   float* diff) {
    using B = Batch<Arch>;
    const float largest = maximum<Arch>(width, logits);
    const double shifted_label = static_cast<double>(logits[label]) - static_cast<double>(largest);

    // 1. the sum of exp(logit - largest)
    B exp_sums(0.0f);
    double exp_sum = 0.0;
    alignas(64) float exps[B::size];
    for (std::size_t i = 0; i < width; i += B::size) {
        const std::size_t count = width - i < B::size ? width - i : B::size;
        if (count == B::size) {
            const B exp = xsimd::exp(B::load_unaligned(logits + i) - B(largest));
            exp_sums += exp;
            if (diff != nullptr)
                exp.store_unaligned(diff + i);
            continue;
        }
        for (std::size_t lane = 0; lane < B::size; ++lane)
            exps[lane] = lane < count ? logits[i + lane] : largest;
        xsimd::exp(B::load_aligned(exps) - B(largest)).store_aligned(exps);
        for (std::size_t lane = 0; lane < count; ++lane) {
            exp_sum += exps[lane];
            if (diff != nullptr)
                diff[i + lane] = exps[lane];
        }
    }
    exp_sum += xsimd::hadd(exp_sums);

    // 2. the loss, and the gradient from the exponentials left in diff
    if (diff != nullptr) {
        const B factor(static_cast<float>(scale / exp_sum));
        const auto step = [&](float* d) { (B::load_unaligned(d) * factor).store_unaligned(d); };
        for_each_vector<Arch>(width, step, diff);
        diff[label] -= scale;
    }
    return std::log(exp_sum) - shifted_label;
}

template <class Arch>
constexpr SoftmaxTable table(const char* instruction_set) {
    return {instruction_set, softmax_crossentropy<Arch>, sparse_softmax_crossentropy<Arch>};
}

} // namespace timeloom::detail::softmax_kernels
