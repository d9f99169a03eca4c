// The steps of the optimizers as templates over an xsimd architecture; included once per instruction set
// only.
#pragma once

#include "timeloom/runtime/optimizers/optimizer_loops.hpp"
#include "timeloom/runtime/simd/vector_loop.hpp"

namespace timeloom::detail::optimizer_kernels {

/// Adam, or AdamW where the parameters decay.
template <class Arch, bool decays>
void adam(const AdamCoefficients& c, std::size_t count, float* parameters, const float* gradients, float* m,
          float* v) {
    using B = Batch<Arch>;
    const B alpha(c.alpha), rate_1(c.one_minus_beta_1), rate_2(c.one_minus_beta_2), epsilon(c.epsilon),
        decay(c.decay);
    const auto step = [&](float* p, const float* g, float* m_i, float* v_i) {
        const B gradient = B::load_unaligned(g);
        B first = B::load_unaligned(m_i);
        B second = B::load_unaligned(v_i);
        first += (gradient - first) * rate_1;
        second += (gradient * gradient - second) * rate_2;
        first.store_unaligned(m_i);
        second.store_unaligned(v_i);
        const B change = first * alpha / (xsimd::sqrt(second) + epsilon);
        B parameter = B::load_unaligned(p);
        if constexpr (decays)
            parameter -= parameter * decay;
        (parameter - change).store_unaligned(p);
    };
    for_each_vector<Arch>(count, step, parameters, gradients, m, v);
}

template <class Arch>
void adam_missed(const AdamMissedSteps& missed, std::size_t count, float* parameters, float* m, float* v) {
    using B = Batch<Arch>;
    const B epsilon(missed.epsilon), zero(0.0f);
    const auto steps = [&](float* p, float* m_i, float* v_i) {
        const B first = B::load_unaligned(m_i), second = B::load_unaligned(v_i);
        B parameter = B::load_unaligned(p);
        if (xsimd::all(first == zero)) { // as in rows that no batch has named yet
            if (missed.keeps_all && xsimd::all(second == zero))
                return;
            for (const AdamMissedSteps::Step& s : missed.steps)
                parameter *= B(s.kept);
        } else {
            const B root = xsimd::sqrt(second);
            for (const AdamMissedSteps::Step& s : missed.steps)
                parameter = parameter * B(s.kept) - first * B(s.alpha) / (root * B(s.root) + epsilon);
        }
        parameter *= B(missed.kept_after);
        parameter.store_unaligned(p);
        (first * B(missed.momentum_factor)).store_unaligned(m_i);
        (second * B(missed.velocity_factor)).store_unaligned(v_i);
    };
    for_each_vector<Arch>(count, steps, parameters, m, v);
}

template <class Arch, bool has_momentum, bool centered, class... Moments>
void rmsprop_variant(const RmspropCoefficients& c, std::size_t count, float* parameters,
                     const float* gradients, float* v, Moments*... moments) {
    using B = Batch<Arch>;
    const B learning_rate(c.learning_rate), rho(c.rho), rate(c.one_minus_rho), momentum(c.momentum),
        epsilon(c.epsilon), zero(0.0f);
    const auto step = [&](float* p, const float* g, float* v_i, auto*... rest) {
        float* const others[] = {rest..., nullptr};
        const B gradient = B::load_unaligned(g);
        const B second = rho * B::load_unaligned(v_i) + rate * (gradient * gradient);
        second.store_unaligned(v_i);
        B spread = second;
        if constexpr (centered) {
            float* const average = others[has_momentum ? 1 : 0];
            const B first = rho * B::load_unaligned(average) + rate * gradient;
            first.store_unaligned(average);
            spread = xsimd::max(second - first * first, zero);
        }
        B change = learning_rate * gradient / xsimd::sqrt(spread + epsilon);
        if constexpr (has_momentum) {
            change = momentum * B::load_unaligned(others[0]) + change;
            change.store_unaligned(others[0]);
        }
        (B::load_unaligned(p) - change).store_unaligned(p);
    };
    for_each_vector<Arch>(count, step, parameters, gradients, v, moments...);
}

template <class Arch>
void rmsprop(const RmspropCoefficients& c, std::size_t count, float* parameters, const float* gradients,
             float* v, float* momentum, float* average) {
    if (momentum != nullptr && average != nullptr)
        return rmsprop_variant<Arch, true, true>(c, count, parameters, gradients, v, momentum, average);
    if (momentum != nullptr)
        return rmsprop_variant<Arch, true, false>(c, count, parameters, gradients, v, momentum);
    if (average != nullptr)
        return rmsprop_variant<Arch, false, true>(c, count, parameters, gradients, v, average);
    return rmsprop_variant<Arch, false, false>(c, count, parameters, gradients, v);
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

template <class Arch>
void coast(float travel, float factor, std::size_t count, float* parameters, float* velocity) {
    using B = Batch<Arch>;
    const B way(travel), rest(factor);
    const auto steps = [&](float* p, float* v) {
        const B last = B::load_unaligned(v);
        (B::load_unaligned(p) + way * last).store_unaligned(p);
        (rest * last).store_unaligned(v);
    };
    for_each_vector<Arch>(count, steps, parameters, velocity);
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
constexpr OptimizerTable table(const char* instruction_set) {
    return {instruction_set, adam<Arch, false>, adam<Arch, true>,          adam_missed<Arch>,
            rmsprop<Arch>,   sgd<Arch>,         sgd_momentum<Arch, false>, sgd_momentum<Arch, true>,
            coast<Arch>};
}

} // namespace timeloom::detail::optimizer_kernels
