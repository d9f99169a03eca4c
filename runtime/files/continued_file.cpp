// A file that is written over several runs of a program before it replaces its target.
#include "timeloom/runtime/files/continued_file.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/partial_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

namespace timeloom::detail {

namespace {

WriteTarget regular_target(const std::filesystem::path& path) {
    WriteTarget target = find_write_target(path);
    if (target.kind == WriteTarget::Kind::stream) {
        fail_to_write(path, "it is no regular file, so that nothing can be written beside it");
    }
    return target;
}

} // namespace

std::filesystem::path ContinuedFile::unfinished_path(const std::filesystem::path& target) {
    return find_write_target(target).path.string() + ".unfinished";
}

ContinuedFile::ContinuedFile(const std::filesystem::path& target, std::uint64_t size)
    : target_(regular_target(target)), path_(unfinished_path(target)), size_(size) {
    constexpr mode_t readable_by_all = 0666; // less the user's umask
    file_ = FileDescriptor(::open(
        path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, readable_by_all));
    struct stat status {};
    if (!file_.is_open() || ::fstat(file_.number(), &status) != 0) {
        fail_to_write(path_, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        fail_to_write(path_, "it is no regular file; move it away");
    }
    if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        fail_to_write(target, "another program is writing it; wait until that is done");
    }
    if (static_cast<std::uint64_t>(status.st_size) < size) {
        fail_to_write(path_, "it has " + std::to_string(status.st_size) + " bytes where " +
                                 std::to_string(size) + " were written before; begin anew");
    }
    if (::ftruncate(file_.number(), static_cast<::off_t>(size)) != 0) {
        fail_to_write(path_, errno);
    }
}

void ContinuedFile::append(std::string_view text) {
    if (const int reason = write_all(file_.number(), text); reason != 0) {
        [[maybe_unused]] const bool taken_back =
            ::ftruncate(file_.number(), static_cast<::off_t>(size_)) == 0;
        fail_to_write(path_, reason);
    }
    size_ += text.size();
}

void ContinuedFile::sync() {
    if (::fsync(file_.number()) != 0) {
        fail_to_write(path_, errno);
    }
}

void ContinuedFile::replace_target() { replace_by(target_, file_, path_); }

} // namespace timeloom::detail
