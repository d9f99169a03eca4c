#include "timeloom/runtime/layers/layer_normalization_work.hpp"

#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom::detail {

namespace {

/// Σ f(i) for i in [0, count), in eight sums, so that the compiler may keep them in vectors.
template <class F>
float sum_of(int count, const F& f) {
    float sums[8] = {};
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        for (int lane = 0; lane < 8; ++lane) {
            sums[lane] += f(i + lane);
        }
    }
    float total = 0;
    for (; i < count; ++i) {
        total += f(i);
    }
    return std::accumulate(std::begin(sums), std::end(sums), total);
}

} // namespace

LayerNormalizationWork::LayerNormalizationWork(const plan::Layer& layer, std::size_t dense_begin,
                                               ParameterView parameters)
    : layer_(layer), gamma_at_(layer.vectors),
      beta_at_(layer.vectors +
               (layer.normalized.scale ? static_cast<std::size_t>(plan::padded(layer.units)) : 0)),
      dense_begin_(dense_begin), parameters_(parameters),
      ones_(layer.normalized.scale ? 0 : static_cast<std::size_t>(layer.units)) {
    std::ranges::fill(ones_, 1.0f);
}

SequenceView LayerNormalizationWork::prepare(std::span<const SequenceView> inputs, bool training) {
    const SequenceView output = ElementwiseWork::prepare(inputs, training);
    moments_.resize(static_cast<std::size_t>(input_.timesteps) * static_cast<std::size_t>(input_.rows));
    return output;
}

LayerNormalizationWork::Moments& LayerNormalizationWork::moments_at(int time, int row) {
    return moments_[static_cast<std::size_t>(time) * static_cast<std::size_t>(input_.rows) +
                    static_cast<std::size_t>(row)];
}

const float* LayerNormalizationWork::gamma() const {
    return layer_.normalized.scale ? parameters_.values + gamma_at_ : ones_.data();
}

LayerNormalizationWork::Moments LayerNormalizationWork::moments_of(const float* x) const {
    const auto width = static_cast<float>(layer_.units);
    const float mean = sum_of(layer_.units, [&](int i) { return x[i]; }) / width;
    const float squares = sum_of(layer_.units, [&](int i) { return (x[i] - mean) * (x[i] - mean); });
    return {mean, 1.0f / std::sqrt(squares / width + static_cast<float>(layer_.normalized.epsilon))};
}

void LayerNormalizationWork::forward(const StepContext&) {
    const float* const g = gamma();
    for_each_row(input_, [&](int t, int b) {
        const float* const x = input_.row(t, b);
        float* const y = output_.row(t, b);
        const Moments m = moments_at(t, b) = moments_of(x);
        for (int i = 0; i < layer_.units; ++i) {
            y[i] = (x[i] - m.mean) * m.r * g[i];
        }
        if (layer_.normalized.center) {
            const float* const beta = parameters_.values + beta_at_;
            std::transform(y, y + layer_.units, beta, y, std::plus<>());
        }
    });
}

void LayerNormalizationWork::backward(const StepContext&, float* gradients) {
    for_each_row(input_, [&](int t, int b) {
        const float* const x = input_.row(t, b);
        const float* const dy = diff_output_.row(t, b);
        const Moments m = moments_at(t, b);
        if (layer_.normalized.scale) {
            float* const dgamma = gradients + (gamma_at_ - dense_begin_);
            for (int i = 0; i < layer_.units; ++i) {
                dgamma[i] += dy[i] * ((x[i] - m.mean) * m.r);
            }
        }
        if (layer_.normalized.center) {
            float* const dbeta = gradients + (beta_at_ - dense_begin_);
            std::transform(dbeta, dbeta + layer_.units, dy, dbeta, std::plus<>());
        }
        if (needs_input_gradient) {
            input_gradient(m, x, dy, diff_input_.row(t, b));
        }
    });
}

void LayerNormalizationWork::input_gradient(const Moments& m, const float* x, const float* dy,
                                            float* dx) const {
    const auto width = static_cast<float>(layer_.units);
    const float* const g = gamma();
    const auto n = [&](int i) { return (x[i] - m.mean) * m.r; };
    const float mean = sum_of(layer_.units, [&](int i) { return g[i] * dy[i]; }) / width;
    const float slope = sum_of(layer_.units, [&](int i) { return g[i] * dy[i] * n(i); }) / width;
    for (int i = 0; i < layer_.units; ++i) {
        dx[i] = m.r * (g[i] * dy[i] - mean - n(i) * slope);
    }
}

} // namespace timeloom::detail
