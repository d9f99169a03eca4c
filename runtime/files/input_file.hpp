// How every reader opens its file: regular files only, of a limited size, without waiting.
#pragma once

#include "timeloom/runtime/files/file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace timeloom::detail {

/// What a reader takes: the words for its errors, and the most bytes that a file may have.
struct FileKind {
    std::string_view name;   ///< "weights file"
    std::string_view advice; ///< what to do where it cannot be opened
    std::uint64_t most_bytes;
};

/// A regular file from its start to its end.
class InputFile {
  public:
    /// Throws Error for what is missing, no regular file (folder, FIFO, device, socket) or larger than the
    /// kind.
    InputFile(const std::filesystem::path& path, const FileKind& kind);

    std::uint64_t size() const { return size_; }
    /// Fills `bytes` with what comes next. Throws Error if the file has fewer.
    void read(std::span<std::byte> bytes);
    /// Throws Error if the file has grown since it was opened.
    void require_end();

  private:
    [[noreturn]] void fail(std::string_view what) const;

    std::filesystem::path path_;
    FileKind kind_;
    FileDescriptor file_;
    std::uint64_t size_ = 0;
};

/// The whole file.
std::string read_text(const std::filesystem::path& path, const FileKind& kind);

/// What a file is that begins like this, to be told where another kind was needed: "; it looks like a PNG
/// picture". Empty where that is unknown.
std::string looks_like(std::string_view beginning);

} // namespace timeloom::detail
