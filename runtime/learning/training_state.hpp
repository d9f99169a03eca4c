// What a checkpoint holds beside tensors.
#pragma once

#include "timeloom/runtime/weights/weights_file.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace timeloom::detail {

struct TrainingState {
    std::uint64_t fingerprint = 0;
    std::uint64_t seed = 0, steps = 0, epochs = 0, optimizer_steps = 0;
    std::string optimizer{};
    std::optional<double> learning_rate{}; ///< empty where it follows a schedule
};

/// The state as texts for save_weights().
FileMetadata to_metadata(const TrainingState& state);

/// Throws Error, naming the file, for metadata without a training's state and for a state that is damaged.
TrainingState parse_training_state(const std::filesystem::path& path, const FileMetadata& metadata);

} // namespace timeloom::detail
