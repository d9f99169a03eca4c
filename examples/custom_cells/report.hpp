// The contest as tables, as a picture and as JSON.
#pragma once

#include "../table.hpp"
#include "contest.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <span>

namespace custom_cells {

/// Errors and times of every cell. `naive` is the error of repeating the day before.
Table cell_table(std::span<const Outcome> outcomes, double naive);

/// Time of a custom cell's step over the built-in one's, for every comparison.
Table ratio_table(std::span<const Outcome> outcomes);

/// Training error by epoch; test error in the end against the time of a step.
void draw(const std::filesystem::path& file, std::span<const Outcome> outcomes);

nlohmann::json as_json(std::span<const Outcome> outcomes, double naive);

} // namespace custom_cells
