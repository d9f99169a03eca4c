// Weights and the state of a training in files.
#pragma once

#include "timeloom/runtime/cells/kept_states.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace timeloom::detail {

/// What a training step depends on beside parameters and optimizer.
struct TrainingCounters {
    std::uint64_t seed = 0;
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;
};

/// All that a training goes on from. Nothing of it is postponed.
struct TrainingParts {
    const plan::Model& plan;
    std::span<float> parameters;
    OptimizerState& optimizer;
    KeptStates& states;
    TrainingCounters counters;
};

/// Throw Error where the file cannot be read or written, or is of another model; then nothing has changed.
void save_parameters(const std::filesystem::path& path, const plan::Model& plan,
                     std::span<const float> parameters);
void load_parameters(const std::filesystem::path& path, const plan::Model& plan, std::span<float> parameters);
void save_checkpoint(const std::filesystem::path& path, const TrainingParts& training);
void load_checkpoint(const std::filesystem::path& path, TrainingParts& training);

} // namespace timeloom::detail
