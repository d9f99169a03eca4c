// Teaches the network what an amplifier makes of a recording.
#pragma once

#include "recording.hpp"

#include <timeloom/runtime/model/model.hpp>

#include <functional>

namespace amp {

struct TrainingOptions {
    std::size_t epochs = 60;
    double learning_rate = 0.01; ///< falls to a hundredth of it along half a cosine
    std::uint64_t seed = 1;
    std::size_t threads = 0; ///< 0: as many as there are processors
    std::function<void(std::size_t epoch, double error)>
        progress{}; ///< error-to-signal ratio of the training
};

/// The model that plays `wet` when it hears `dry`, in weights for `pedal`. The recordings are cut into
/// segments that are heard side by side, window after window, by an LSTM whose states go on. Throws Error
/// where the two have another length or sample rate, or are shorter than a window for each segment.
timeloom::Model trained_amp(const Recording& dry, const Recording& wet, const TrainingOptions& options);

} // namespace amp
