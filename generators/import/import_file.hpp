// One trained file, whatever wrote it, becomes a folder of files that a program is built from.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"
#include "timeloom/generators/import/reference/replay.hpp"

#include <filesystem>
#include <string>

namespace timeloom::importing {

/// What the file describes, checked as check_shapes() does. Which format it has is told by how it begins, and
/// by its ending where that does not tell. Throws Error, naming the file, for what cannot be imported.
Description import_file(const std::filesystem::path& file, const ImportOptions& options);

/// Replays differ from each other by rounding, by no more than this over 1 + the largest output.
inline constexpr double most_difference = 2e-5;

/// Writes <name>.hpp, weights.safetensors and replay.safetensors into the folder, which is made where there
/// is none. `replay`: see make_replay() and read_replay(). Throws Error where interpret() computes something
/// else than it says.
void write_import(const std::filesystem::path& folder, const std::string& name,
                  const Description& description, const Replay& replay, const std::filesystem::path& file);

} // namespace timeloom::importing
