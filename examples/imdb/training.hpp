// One training of one model, as the published program does it.
#pragma once

#include "reviews.hpp"

#include <timeloom/runtime/model/model.hpp>

#include <string>

namespace imdb {

/// What a model is trained with. `options` and the settings below are the program's, but for drop_remainder,
/// which the model's row of the table says.
struct Task {
    const ReviewSplit& reviews;
    timeloom::ModelOptions options;
    std::size_t epochs = 4;
    std::size_t batch_size = 128;
    std::size_t validation_freq = 2;
    bool drop_remainder = true;
    bool print_summary = false;
    std::string save{}; ///< safetensors file for the trained weights, or empty
};

struct Training {
    timeloom::History history;
    timeloom::Evaluation train; ///< of the trained model, without dropout: not the last epoch's mean
    timeloom::Evaluation test;
    double seconds = 0; ///< in the epochs, without their validation
};

/// Adam 0.001 on the binary cross-entropy, then an evaluation on all reviews of either set.
Training train(timeloom::Model& model, const Task& task);

} // namespace imdb
