// The layers that no kernel computes, for one row: the loops of the runtime's layers, with the same bits.
#pragma once

#include "timeloom/runtime/embedded/view.hpp"
#include "timeloom/runtime/plan/layer.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

namespace timeloom::embedded {

inline void copy(const float* from, int count, float* to) {
    for (int i = 0; i < count; ++i) {
        to[i] = from[i];
    }
}

inline bool counts(const float* memory, const View& v, int time) {
    return !v.is_masked || memory[v.mask(time)] != 0;
}

/// The rows of a table that token ids name. Token 0 is masked where the layer says so.
inline void look_up(float* memory, const View& tokens, const float* table, bool makes_mask, const View& out) {
    for (int t = 0; t < out.timesteps; ++t) {
        const auto token = std::bit_cast<std::int32_t>(memory[tokens.row(t)]);
        copy(table + std::ptrdiff_t{token} * out.stride, out.width, memory + out.row(t));
        if (makes_mask) {
            memory[out.mask(t)] = counts(memory, tokens, t) && token != 0 ? 1.0f : 0.0f;
        }
    }
}

inline void softmax(float* memory, const View& in, const View& out) {
    for (int t = 0; t < in.timesteps; ++t) {
        const float* const x = memory + in.row(t);
        float* const y = memory + out.row(t);
        float highest = x[0], sum = 0;
        for (int i = 1; i < in.width; ++i) {
            highest = highest < x[i] ? x[i] : highest;
        }
        for (int i = 0; i < in.width; ++i) {
            sum += y[i] = std::exp(x[i] - highest);
        }
        for (int i = 0; i < in.width; ++i) {
            y[i] = y[i] / sum;
        }
    }
}

/// Σ f(i) for i in [0, count), in eight sums, as the runtime adds.
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
    for (const float sum : sums) {
        total += sum;
    }
    return total;
}

/// `vectors`: gamma and beta, those of them that the layer has.
inline void normalize(float* memory, const View& in, const plan::Normalization& n, const float* vectors,
                      const View& out) {
    const float* const gamma = n.scale ? vectors : nullptr;
    const float* const beta = n.center ? vectors + (n.scale ? plan::padded(in.width) : 0) : nullptr;
    const auto width = static_cast<float>(in.width);
    for (int t = 0; t < in.timesteps; ++t) {
        const float* const x = memory + in.row(t);
        float* const y = memory + out.row(t);
        const float mean = sum_of(in.width, [&](int i) { return x[i]; }) / width;
        const float squares = sum_of(in.width, [&](int i) { return (x[i] - mean) * (x[i] - mean); });
        const float r = 1.0f / std::sqrt(squares / width + static_cast<float>(n.epsilon));
        for (int i = 0; i < in.width; ++i) {
            y[i] = (x[i] - mean) * r * (gamma != nullptr ? gamma[i] : 1.0f);
            y[i] = beta != nullptr ? beta[i] + y[i] : y[i];
        }
    }
}

/// Masks the steps that hold `value` only, and zeroes them.
inline void mask_steps(float* memory, const View& in, float value, const View& out) {
    for (int t = 0; t < in.timesteps; ++t) {
        const float* const x = memory + in.row(t);
        bool differs = false;
        for (int i = 0; i < in.width; ++i) {
            differs = differs || x[i] != value;
        }
        const float mask = differs && counts(memory, in, t) ? 1.0f : 0.0f;
        memory[out.mask(t)] = mask;
        for (int i = 0; i < in.width; ++i) {
            memory[out.row(t) + i] = x[i] * mask;
        }
    }
}

inline void flatten(float* memory, const View& in, const View& out) {
    for (int t = 0; t < in.timesteps; ++t) {
        copy(memory + in.row(t), in.width, memory + out.offset + std::ptrdiff_t{t} * in.width);
    }
}

// ---- Joins ----

/// One sequence behind the other.
template <std::size_t N>
void join_in_time(float* memory, const std::array<View, N>& in, const View& out) {
    int first = 0;
    for (const View& v : in) {
        for (int t = 0; t < v.timesteps; ++t) {
            copy(memory + v.row(t), v.width, memory + out.row(first + t));
            if (out.is_masked) {
                memory[out.mask(first + t)] = counts(memory, v, t) ? 1.0f : 0.0f;
            }
        }
        first += v.timesteps;
    }
}

template <std::size_t N>
void join_side_by_side(float* memory, const std::array<View, N>& in, int time, float* y) {
    for (const View& v : in) {
        copy(memory + v.row(time), v.width, y);
        y += v.width;
    }
}

/// Value by value. A step that is masked in one factor of a product counts as one there.
template <std::size_t N>
void join_values(float* memory, const std::array<View, N>& in, plan::MergeMode merge, int time, int width,
                 float* y) {
    using plan::MergeMode;
    for (int i = 0; i < width; ++i) {
        float value = merge == MergeMode::mul ? 1.0f : memory[in[0].row(time) + i];
        for (std::size_t n = merge == MergeMode::mul ? 0 : 1; n < N; ++n) {
            const float x = memory[in[n].row(time) + i];
            if (merge == MergeMode::mul) {
                value = counts(memory, in[n], time) ? value * x : value;
            } else {
                value = merge == MergeMode::sub ? value - x : value + x;
            }
        }
        y[i] = merge == MergeMode::ave ? value / static_cast<float>(N) : value;
    }
}

template <std::size_t N>
void join(float* memory, const std::array<View, N>& in, const plan::Layer& layer, const View& out) {
    using plan::MergeMode;
    if (layer.merge == MergeMode::concat_time) {
        return join_in_time(memory, in, out);
    }
    for (int t = 0; t < out.timesteps; ++t) {
        if (out.is_masked) {
            bool any = false;
            for (const View& v : in) {
                any = any || counts(memory, v, t);
            }
            memory[out.mask(t)] = any ? 1.0f : 0.0f;
        }
        float* const y = memory + out.row(t);
        if (!counts(memory, out, t) && (layer.zeroes_masked || layer.merge == MergeMode::mul)) {
            for (int i = 0; i < out.width; ++i) {
                y[i] = 0;
            }
        } else if (layer.merge == MergeMode::concat) {
            join_side_by_side(memory, in, t, y);
        } else {
            join_values(memory, in, layer.merge, t, out.width, y);
        }
    }
}

// ---- Pooling ----

struct Window {
    int begin, end;
};

/// What of a window lies within the sequence. Padding is shared out to both ends, the odd step to the last.
inline Window window(const plan::Pooling& pooled, int number, int windows, int timesteps) {
    if (pooled.size == 0) {
        return {0, timesteps};
    }
    const int beyond = (windows - 1) * pooled.strides + pooled.size - timesteps;
    const int before = pooled.same_padding && beyond > 0 ? beyond / 2 : 0;
    const int begin = number * pooled.strides - before, end = begin + pooled.size;
    return {begin < 0 ? 0 : begin, end > timesteps ? timesteps : end};
}

/// The mean over all steps heeds the mask.
inline void pool_mean(float* memory, const View& in, const plan::Pooling& pooled, Window w, float* y) {
    const auto takes_part = [&](int t) { return pooled.size > 0 || counts(memory, in, t); };
    int steps = 0;
    for (int t = w.begin; t < w.end; ++t) {
        steps += takes_part(t) ? 1 : 0;
    }
    for (int i = 0; i < in.width; ++i) {
        float sum = 0;
        for (int t = w.begin; t < w.end; ++t) {
            sum = takes_part(t) ? sum + memory[in.row(t) + i] : sum;
        }
        y[i] = sum / static_cast<float>(steps > 1 ? steps : 1);
    }
}

/// What is no number stays none.
inline void pool_maximum(const float* memory, const View& in, Window w, float* y) {
    for (int i = 0; i < in.width; ++i) {
        float largest = memory[in.row(w.begin) + i];
        for (int t = w.begin + 1; t < w.end; ++t) {
            const float x = memory[in.row(t) + i];
            largest = x > largest || x != x ? x : largest;
        }
        y[i] = largest;
    }
}

inline void pool(float* memory, const View& in, const plan::Pooling& pooled, const View& out) {
    for (int number = 0; number < out.timesteps; ++number) {
        const Window w = window(pooled, number, out.timesteps, in.timesteps);
        float* const y = memory + out.row(number);
        if (pooled.maximum) {
            pool_maximum(memory, in, w, y);
        } else {
            pool_mean(memory, in, pooled, w, y);
        }
    }
}

} // namespace timeloom::embedded
