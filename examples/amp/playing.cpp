#include "playing.hpp"

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/streams/stream.hpp>

#include <algorithm>
#include <span>

namespace amp {

Recording played(const timeloom::Model& model, const Recording& dry, std::size_t block) {
    timeloom::Stream stream(model);
    Recording wet{dry.sample_rate, std::vector<float>(dry.samples.size())};
    const std::span<const float> input(dry.samples);
    const std::span<float> output(wet.samples);
    for (std::size_t first = 0; first < input.size(); first += block) {
        const std::size_t samples = std::min(block, input.size() - first);
        if (!stream.process(input.subspan(first, samples), output.subspan(first, samples), samples)) {
            throw timeloom::Error("among the samples from " + std::to_string(first) +
                                  " on one is infinite or no number");
        }
    }
    return wet;
}

double error_to_signal(const Recording& played, const Recording& target, std::size_t first, double emphasis) {
    double errors = 0, signals = 0, error_before = 0, signal_before = 0;
    for (std::size_t i = first; i < target.samples.size(); ++i) {
        const auto signal = static_cast<double>(target.samples[i]);
        const double error = static_cast<double>(played.samples[i]) - signal;
        const double heard_error = error - emphasis * error_before, heard = signal - emphasis * signal_before;
        errors += heard_error * heard_error;
        signals += heard * heard;
        error_before = error;
        signal_before = signal;
    }
    return errors / signals;
}

} // namespace amp
