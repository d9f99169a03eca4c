// A Keras model's configuration, model.to_json(), as a description without weights.
#pragma once

#include "timeloom/generators/import/formats/import_options.hpp"
#include "timeloom/generators/import/keras/keras_layers.hpp"

namespace timeloom::importing {

/// Every layer of the configuration in its order, what each reads, and which one is the output.
struct KerasModel {
    std::vector<KerasLayer> layers;
    std::string output;
};

/// Reads a Sequential or Functional model, Keras 2's Model included. Throws Error for what cannot be
/// imported: several outputs, models within models, layers that are used twice, open time steps without
/// ImportOptions::timesteps.
KerasModel keras_model(const Json& json, bool keras_3, const ImportOptions& options);

/// The layers that lead to the output, each after those that it reads, in the form of normalized().
Description description_of(const KerasModel& model, const std::string& origin);

} // namespace timeloom::importing
