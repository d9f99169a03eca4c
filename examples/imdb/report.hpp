// What the trainings came to: beside the published figures as a table, over the epochs as curves, as JSON.
#pragma once

#include "../table.hpp"
#include "model_table.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <span>

namespace imdb {

struct Run {
    const ModelRow* model;
    std::uint64_t seed;
    Training training;
};

/// A line for each model, in the order of the runs; of several seeds the median, and the range in brackets.
Table result_table(std::span<const Run> runs);

/// Loss and accuracy by epoch, on the training and on the test reviews, one curve for each model: the median
/// over the seeds, in a band between least and greatest. Test figures are those of the epochs with
/// validation.
void draw_curves(const std::filesystem::path& file, std::span<const Run> runs);

/// Figures of every run, also epoch by epoch. Accuracies are fractions.
nlohmann::json as_json(std::span<const Run> runs);

} // namespace imdb
