// A text file that grows line by line, such as a log.
#pragma once

#include "timeloom/runtime/files/file_descriptor.hpp"

#include <chrono>
#include <filesystem>
#include <string_view>

namespace timeloom::detail {

/// Every line is added by one write, and taken back where it fails, so that the file holds whole lines at all
/// times. It is synced at most once a second and at its end. Devices and FIFOs are written into.
class AppendedFile {
  public:
    /// Opens what is there, or makes an empty file; a last line without an end gets one. Throws Error if it
    /// cannot be written.
    explicit AppendedFile(const std::filesystem::path& path);

    /// Throws Error, the file being as before, if it fails. `line` has its end of line.
    void append(std::string_view line);
    /// Syncs and closes. Throws Error where that fails.
    void close();

  private:
    void sync();

    std::filesystem::path path_;
    FileDescriptor file_;
    bool is_regular_ = false;
    std::chrono::steady_clock::time_point synced_{};
};

} // namespace timeloom::detail
