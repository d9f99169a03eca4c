// What stands where a file shall be written.
#pragma once

#include "timeloom/runtime/files/file_descriptor.hpp"

#include <filesystem>
#include <string_view>
#include <sys/stat.h>

namespace timeloom::detail {

/// The place that a path leads to once its symbolic links are followed.
struct WriteTarget {
    enum class Kind {
        absent,  ///< nothing yet: a file will be made
        regular, ///< a file, which will be replaced
        stream   ///< a device, a FIFO or an open file of a process (/dev/stdout): it is written into
    };
    Kind kind;
    std::filesystem::path path;
    struct stat status {}; ///< of a regular file
};

/// Throws Error "'<path>' cannot be written: <reason>; <advice>".
[[noreturn]] void fail_to_write(const std::filesystem::path& path, std::string_view reason);
[[noreturn]] void fail_to_write(const std::filesystem::path& path, int error_number);

/// Throws Error where nothing can be written: a folder, a block device, a socket, a file without permission
/// to write, links in a circle, a path that is empty or holds a NUL byte.
WriteTarget find_write_target(const std::filesystem::path& path);

/// Opens a stream. Throws Error for a FIFO that nobody reads, which would block.
FileDescriptor open_stream(const std::filesystem::path& path);

/// Writes everything, however many calls that takes. 0, or the errno of the call that failed.
int write_all(int file, std::string_view content);

/// Throws Error where `path` cannot be written, as far as that can be known without writing.
void require_writable(const std::filesystem::path& path);

} // namespace timeloom::detail
