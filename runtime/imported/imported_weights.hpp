// Weights of models that import_model made of trained files.
#pragma once

#include "timeloom/runtime/model/model.hpp"

#include <filesystem>

namespace timeloom {

/// Loads weights.safetensors of the folder that import_model (or timeloom_import_model) wrote, predicts the
/// input of replay.safetensors beside it, and returns the largest difference from its output, over 1 + the
/// largest output. Throws Error where that is above 2e-5, and for files that cannot be used or are another
/// model's; the model then has the weights that it had before. States of stateful layers are zero afterwards.
double load_imported_weights(Model& model, const std::filesystem::path& folder);

} // namespace timeloom
