// Writes a file so that a crash leaves the old content or the new one, never a part.
#pragma once

#include <filesystem>
#include <string_view>

namespace timeloom {

/// Replaces the file at `path` by `content`: a neighbouring temporary file is written, synced and renamed
/// over it. Throws Error, naming the file and the system's reason, and then leaves an existing file as it
/// was.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

} // namespace timeloom
