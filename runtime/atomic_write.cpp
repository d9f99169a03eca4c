// Implements write_file_atomically with POSIX calls.
#include "timeloom/runtime/atomic_write.hpp"

#include "timeloom/runtime/error.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace timeloom {

namespace {

// Process and counter keep two writers apart; the same folder keeps the rename on one file system.
std::string temporary_name(const std::filesystem::path& path) {
    static std::atomic<unsigned> counter{0};
    return path.string() + ".partial-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
}

bool write_all(int file, std::string_view content) {
    while (!content.empty()) {
        const ::ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// The first failure's errno, or 0; the file is closed in every case.
int write_sync_close(int file, std::string_view content) {
    int reason = write_all(file, content) && ::fsync(file) == 0 ? 0 : errno;
    if (::close(file) != 0 && reason == 0) {
        reason = errno;
    }
    return reason;
}

} // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
    const std::string temporary = temporary_name(path);
    constexpr mode_t readable_by_all = 0666; // less the user's umask
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, readable_by_all);
    int reason = file < 0 ? errno : write_sync_close(file, content);
    if (reason == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) {
        reason = errno;
    }
    if (reason != 0) {
        ::unlink(temporary.c_str());
        throw Error("cannot write '" + path.string() + "': " + std::generic_category().message(reason) +
                    "; check that its folder exists, is writable and has room.");
    }
}

} // namespace timeloom
