// What stands where a file shall be written.
#include "timeloom/runtime/files/write_target.hpp"

#include "timeloom/runtime/error.hpp"

#include <fcntl.h>
#include <string>
#include <system_error>

namespace timeloom::detail {

namespace {

using Path = std::filesystem::path;

constexpr int most_links = 40; // as many as Linux follows

/// Links in /proc lead to open files, which their text does not name.
bool is_link_of_a_process(const Path& link) {
    std::error_code failure;
    const Path folder = std::filesystem::canonical(link.parent_path(), failure);
    return !failure && folder.native().starts_with("/proc/");
}

/// As the effective user.
bool may_access(const Path& path, int mode) {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

void require_replaceable(const Path& path, const struct stat& status) {
    if (S_ISDIR(status.st_mode)) {
        fail_to_write(path, "it is a folder; give the path of a file");
    }
    if (S_ISBLK(status.st_mode)) {
        fail_to_write(path, "it is a block device; give the path of a file");
    }
    if (S_ISSOCK(status.st_mode)) {
        fail_to_write(path, "it is a socket; give the path of a file");
    }
    if (!may_access(path, W_OK)) {
        fail_to_write(path, errno);
    }
}

void require_name(const Path& path) {
    if (path.empty()) {
        fail_to_write(path, "the path is empty");
    }
    if (path.native().find('\0') != std::string::npos) {
        fail_to_write(path.c_str(), "the path holds a NUL byte behind this");
    }
    if (!path.has_filename()) {
        fail_to_write(path, "the path ends in a slash, as a folder's; give the path of a file");
    }
}

Path folder_of(const Path& path) { return path.has_parent_path() ? path.parent_path() : Path("."); }

} // namespace

void fail_to_write(const Path& path, std::string_view reason) {
    throw Error("'" + path.string() + "' cannot be written: " + std::string(reason));
}

void fail_to_write(const Path& path, int error_number) {
    fail_to_write(path, std::generic_category().message(error_number) +
                            "; check that its folder exists, is writable and has room");
}

WriteTarget find_write_target(const Path& path) {
    require_name(path);
    WriteTarget target{WriteTarget::Kind::regular, path};
    if (::stat(path.c_str(), &target.status) == 0) {
        require_replaceable(path, target.status);
        if (!S_ISREG(target.status.st_mode)) {
            target.kind = WriteTarget::Kind::stream;
            return target;
        }
    } else if (errno == ENOENT) {
        target.kind = WriteTarget::Kind::absent;
    } else {
        fail_to_write(path, errno);
    }
    for (int links = 0;; ++links) {
        struct stat status {};
        if (::lstat(target.path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) {
            return target;
        }
        if (is_link_of_a_process(target.path)) {
            target.kind = WriteTarget::Kind::stream;
            return target;
        }
        std::error_code failure;
        const Path next = std::filesystem::read_symlink(target.path, failure);
        if (failure || links == most_links) {
            fail_to_write(path, failure ? failure.value() : ELOOP);
        }
        target.path = next.is_absolute() ? next : target.path.parent_path() / next;
    }
}

FileDescriptor open_stream(const Path& path) {
    // Without blocking, because a FIFO waits for its reader; appending, so that a log goes on where it ends.
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file.is_open()) {
        if (errno == ENXIO) {
            fail_to_write(path, "no program reads from it");
        }
        fail_to_write(path, errno);
    }
    const int flags = ::fcntl(file.number(), F_GETFL);
    if (flags < 0 || ::fcntl(file.number(), F_SETFL, flags & ~O_NONBLOCK) != 0) {
        fail_to_write(path, errno);
    }
    return file;
}

int write_all(int file, std::string_view content) {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;
    while (!content.empty()) {
        const ::ssize_t written = ::write(file, content.data(), std::min(content.size(), most_at_once));
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return written < 0 ? errno : EIO;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

void require_writable(const Path& path) {
    const WriteTarget target = find_write_target(path);
    if (target.kind != WriteTarget::Kind::stream && !may_access(folder_of(target.path), W_OK | X_OK)) {
        fail_to_write(path, errno);
    }
}

} // namespace timeloom::detail
