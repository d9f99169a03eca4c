// A file that is written over several runs of a program before it replaces its target.
#pragma once

#include "timeloom/runtime/files/file_descriptor.hpp"
#include "timeloom/runtime/files/write_target.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace timeloom::detail {

/// "<target>.unfinished", which stays when its writer goes. Whoever has it open holds a lock (flock) on it.
class ContinuedFile {
  public:
    /// Opens what is there, or makes an empty file, and cuts it to its first `size` bytes. Throws Error where
    /// it has fewer or cannot be written, where another program writes it, and for a target that is no
    /// regular file.
    ContinuedFile(const std::filesystem::path& target, std::uint64_t size);

    /// Throws Error if it fails; then the file is as it was.
    void append(std::string_view text);
    std::uint64_t size() const { return size_; }
    /// Throws Error where that fails.
    void sync();
    /// As PartialFile does.
    void replace_target();

    static std::filesystem::path unfinished_path(const std::filesystem::path& target);

  private:
    WriteTarget target_;
    std::string path_;
    FileDescriptor file_;
    std::uint64_t size_;
};

} // namespace timeloom::detail
