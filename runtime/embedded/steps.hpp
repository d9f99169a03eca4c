// Time steps of a model that has a stream: by its own kernel for that, or layer by layer.
#pragma once

#include "timeloom/runtime/embedded/executor.hpp"

namespace timeloom::embedded {

/// The time steps of one sequence. Computes the bits of Stream::step() and Stream::process().
template <const plan::Model& Plan>
class Steps {
    using Layers = Executor<Plan, true>;
    static constexpr int width =
        Plan.inputs[0].features > 0 ? Plan.inputs[0].features : 1; ///< of a step's input

  public:
    static constexpr std::size_t floats = floats_of<Plan>;
    static constexpr int outputs = Layers::outputs;
    static constexpr int output_steps = 1;

    static void reset(float* memory) {
        for (std::size_t i = 0; i < floats; ++i) {
            memory[i] = 0;
        }
    }

    /// Features or token ids of `samples` steps, to (samples, outputs); `output` may be `input` where it has
    /// no more values. `steps` counts. A value that is refused: bad_input, and nothing is changed.
    template <class Value>
    static Status process(float* memory, std::uint32_t& steps, const float* weights, const Value* input,
                          float* output, std::int32_t samples) {
        if (samples < 0 || !are_known(input, samples)) {
            return bad_input;
        }
        const DenormalsAsZero flush;
        if constexpr (has_stream_kernel(Plan)) {
            return call(memory, weights, input, output, samples);
        } else {
            for (std::int32_t s = 0; s < samples; ++s) {
                Layers::template load<0>(memory, input + std::ptrdiff_t{s} * width);
                if (const Status status = Layers::run(memory, weights, steps++ % 2 != 0); status != done) {
                    return status;
                }
                Layers::unload(memory, output + std::ptrdiff_t{s} * outputs);
            }
            return done;
        }
    }

  private:
    static bool are_known(const float* values, std::int32_t samples) {
        for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{samples} * width; ++i) {
            if (!is_finite(values[i])) {
                return false;
            }
        }
        return true;
    }
    static bool are_known(const std::int32_t* tokens, std::int32_t samples) {
        for (std::int32_t i = 0; i < samples; ++i) {
            if (tokens[i] < 0 || tokens[i] >= vocabulary_of(Plan, 0)) {
                return false;
            }
        }
        return true;
    }

    /// In calls whose values an int can count.
    static Status call(float* memory, const float* weights, const float* input, float* output,
                       std::int32_t samples) {
        constexpr auto kernel = stream_kernel(Plan).call; // names no other kernel, so links none
        constexpr std::int32_t most = 1 << 20;
        // The kernel takes its memory to begin on a cache line; the caller's may lie anywhere.
        alignas(64) float line[floats];
        copy(memory, floats, line);
        float* aligned = line;
        for (std::int32_t first = 0; first < samples; first += most) {
            int count = samples - first < most ? samples - first : most, nothing = 0;
            const float* from = input + std::ptrdiff_t{first} * width;
            float* to = output + std::ptrdiff_t{first} * outputs;
            void* arguments[] = {&weights, &aligned, &from, &to, &count, &nothing};
            if (kernel(arguments) != 0) {
                return kernel_failed;
            }
        }
        copy(line, floats, memory);
        return done;
    }
};

} // namespace timeloom::embedded
