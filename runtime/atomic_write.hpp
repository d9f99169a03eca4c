// Writes a file so that a crash leaves the old content or the new one, never a part.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace timeloom {

/// Replaces the file at `path` by `content`: a neighbouring temporary file is written, synced and renamed
/// over it, and the folder is synced. A symbolic link is followed; mode and, where allowed, owner of an
/// existing file are kept; what killed writers of this file left behind is removed. Devices and FIFOs are
/// written into. Throws Error, naming the file and the reason, and then leaves an existing file as it was.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// The same for a content in several parts.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::string_view> parts);

} // namespace timeloom
