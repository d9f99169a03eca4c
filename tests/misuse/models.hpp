// The models that the cases of misuse use.
#pragma once

#include "../keras/keras_training_models.hpp"
#include "../model/masked_models.hpp"
#include "../support/training_data.hpp"
#include "keras_regression.timeloom.hpp"
#include "masked_labels.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"

namespace timeloom::tests {

/// Reads (batch, 6, 2) and hands out (batch, 1).
inline Model regression() {
    Model model(keras_regression_plan, {.seed = 1, .threads = 1});
    model.compile(SGD{}, Loss::mean_squared_error);
    return model;
}

/// Reads (batch, 6) tokens below 9 and hands out (batch, 6, 1), masked where the token is 0.
inline Model labels() {
    Model model(masked_labels_plan, {.seed = 1, .threads = 1});
    model.compile(SGD{}, Loss::binary_crossentropy);
    return model;
}

} // namespace timeloom::tests
