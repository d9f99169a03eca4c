// Writes a file so that a crash leaves the old content or the new one, never a part.
#include "timeloom/runtime/files/atomic_write.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/blocked_sigpipe.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/files/partial_file.hpp"
#include "timeloom/runtime/files/write_target.hpp"

#include <fcntl.h>
#include <string>
#include <system_error>

namespace timeloom {

namespace {

using Path = std::filesystem::path;
using Parts = std::span<const std::string_view>;

void write_parts(const Path& path, int file, Parts parts) {
    for (const std::string_view part : parts) {
        if (const int reason = detail::write_all(file, part); reason != 0) {
            detail::fail_to_write(path, reason);
        }
    }
}

void write_into_stream(const Path& path, Parts parts) {
    const detail::BlockedSigpipe blocked_sigpipe;
    detail::FileDescriptor file = detail::open_stream(path);
    write_parts(path, file.number(), parts);
    if (const int reason = file.close(); reason != 0) {
        detail::fail_to_write(path, reason);
    }
}

/// So that the new name outlives a power cut. File systems that cannot sync folders say EINVAL.
void sync_folder(const Path& path, const detail::FileDescriptor& folder) {
    if (folder.is_open() && ::fsync(folder.number()) != 0 && errno != EINVAL) {
        throw Error("'" + path.string() + "' was written, but its folder could not be synced: " +
                    std::generic_category().message(errno) +
                    "; a power cut may still bring back the old file");
    }
}

void replace_file(const detail::WriteTarget& target, Parts parts) {
    const Path folder_path = target.path.has_parent_path() ? target.path.parent_path() : Path(".");
    // Opened first: what fails now leaves the old file. A folder that may not be read cannot be synced.
    const detail::FileDescriptor folder(::open(folder_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() && errno != EACCES) {
        detail::fail_to_write(target.path, errno);
    }
    detail::remove_abandoned_partial_files(target.path);
    detail::PartialFile partial(target);
    write_parts(target.path, partial.number(), parts);
    partial.replace_target();
    sync_folder(target.path, folder);
}

} // namespace

void write_file_atomically(const Path& path, Parts parts) try {
    const detail::WriteTarget target = detail::find_write_target(path);
    if (target.kind == detail::WriteTarget::Kind::stream) {
        write_into_stream(target.path, parts);
    } else {
        replace_file(target, parts);
    }
} catch (...) {
    detail::rethrow_as_error(path);
}

void write_file_atomically(const Path& path, std::string_view content) {
    write_file_atomically(path, std::span(&content, 1));
}

void require_writable(const Path& path) try { detail::require_writable(path); } catch (...) {
    detail::rethrow_as_error(path);
}

bool leads_to_stream(const Path& path) try {
    return detail::find_write_target(path).kind == detail::WriteTarget::Kind::stream;
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom
