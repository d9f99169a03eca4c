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

/// Throws Error where `path` cannot be written: to be called before long work whose result will be written
/// there.
void require_writable(const std::filesystem::path& path);

/// True if `path` leads to a device, a FIFO or an open file of a process (/dev/stdout), beside which nothing
/// can be written. Throws Error as require_writable does for what no writer takes.
bool leads_to_stream(const std::filesystem::path& path);

} // namespace timeloom
