// A text file that grows line by line, such as a log.
#include "timeloom/runtime/files/appended_file.hpp"

#include "timeloom/runtime/files/blocked_sigpipe.hpp"
#include "timeloom/runtime/files/write_target.hpp"

#include <fcntl.h>

namespace timeloom::detail {

namespace {

/// Bytes of the file; -1 with errno where it cannot be told.
::off_t size_of(int file) {
    struct stat status {};
    return ::fstat(file, &status) == 0 ? status.st_size : -1;
}

bool ends_within_a_line(int file) {
    const ::off_t size = size_of(file);
    char last = '\n';
    return size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

} // namespace

AppendedFile::AppendedFile(const std::filesystem::path& path) : path_(path) {
    const WriteTarget target = find_write_target(path);
    is_regular_ = target.kind != WriteTarget::Kind::stream;
    if (!is_regular_) {
        file_ = open_stream(path);
        return;
    }
    constexpr mode_t readable_by_all = 0666; // less the user's umask
    file_ = FileDescriptor(
        ::open(target.path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, readable_by_all));
    if (!file_.is_open()) {
        fail_to_write(path, errno);
    }
    if (ends_within_a_line(file_.number())) {
        append("\n");
    }
}

void AppendedFile::append(std::string_view line) {
    const BlockedSigpipe blocked_sigpipe;
    const ::off_t before = size_of(file_.number());
    if (const int reason = write_all(file_.number(), line); reason != 0) {
        // Nothing can be done where taking back fails as well.
        [[maybe_unused]] const bool taken_back =
            is_regular_ && before >= 0 && ::ftruncate(file_.number(), before) == 0;
        fail_to_write(path_, reason);
    }
    if (std::chrono::steady_clock::now() - synced_ > std::chrono::seconds(1)) {
        sync();
    }
}

void AppendedFile::close() {
    if (file_.is_open()) {
        sync();
        if (const int reason = file_.close(); reason != 0) {
            fail_to_write(path_, reason);
        }
    }
}

void AppendedFile::sync() {
    if (is_regular_ && ::fsync(file_.number()) != 0) {
        fail_to_write(path_, errno);
    }
    synced_ = std::chrono::steady_clock::now();
}

} // namespace timeloom::detail
