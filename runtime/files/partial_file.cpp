// The file beside its target that a writer fills before it replaces the target.
#include "timeloom/runtime/files/partial_file.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/file.h>

namespace timeloom::detail {

namespace {

constexpr std::string_view mark = ".partial-";

/// The target's name with the mark, cut where process and number would not fit behind it.
std::string name_prefix(const std::filesystem::path& target) {
    constexpr std::size_t room = NAME_MAX - mark.size() - 32;
    return target.filename().string().substr(0, room) + std::string(mark);
}

std::filesystem::path folder_of(const std::filesystem::path& target) {
    return target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
}

/// Two numbers with a hyphen between them.
bool is_process_and_number(std::string_view text) {
    const std::size_t hyphen = text.find('-');
    return hyphen != std::string_view::npos && hyphen > 0 && hyphen + 1 < text.size() &&
           text.find_first_not_of("0123456789-") == std::string_view::npos &&
           text.find('-', hyphen + 1) == std::string_view::npos;
}

/// True if `path` is still the name of the open file.
bool is_name_of(const char* path, int file) {
    struct stat by_name {};
    struct stat by_number {};
    return ::lstat(path, &by_name) == 0 && ::fstat(file, &by_number) == 0 &&
           by_name.st_ino == by_number.st_ino && by_name.st_dev == by_number.st_dev;
}

/// Whoever gets the lock at once knows that no writer has it.
void remove_if_abandoned(const char* path) {
    const FileDescriptor file(::open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.is_open() && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 && is_name_of(path, file.number())) {
        ::unlink(path);
    }
}

} // namespace

PartialFile::PartialFile(const WriteTarget& target) : target_(target) {
    constexpr int attempts = 8;
    make(attempts);
}

/// Process and number keep two writers apart, the same folder keeps the rename on one file system. Where
/// another process took the file for an abandoned one before it was locked, there is another attempt.
void PartialFile::make(int attempts) {
    static std::atomic<unsigned> counter{0};
    path_ = (folder_of(target_.path) / name_prefix(target_.path)).string() + std::to_string(::getpid()) +
            "-" + std::to_string(counter++);
    const bool is_new = target_.kind == WriteTarget::Kind::absent;
    const mode_t mode = is_new ? 0666 : 0600; // 0666 less the user's umask; a replaced file's own comes later
    file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file_.is_open()) {
        if (errno == EEXIST && attempts > 0) { // an earlier process with the same number
            return make(attempts - 1);
        }
        fail_to_write(target_.path, errno);
    }
    exists_ = true;
    const bool locked = ::flock(file_.number(), LOCK_EX | LOCK_NB) == 0; // some file systems have no locks
    const bool taken_for_abandoned =
        locked ? !is_name_of(path_.c_str(), file_.number()) : errno == EWOULDBLOCK;
    if (taken_for_abandoned) {
        ::unlink(path_.c_str());
        exists_ = false;
        if (attempts == 0) {
            fail_to_write(target_.path, "other programs keep removing its partial file");
        }
        make(attempts - 1);
    }
}

PartialFile::~PartialFile() {
    if (exists_) {
        ::unlink(path_.c_str());
    }
}

void PartialFile::replace_target() {
    replace_by(target_, file_, path_);
    exists_ = false;
}

namespace {

void sync(const WriteTarget& target, const FileDescriptor& file) {
    if (::fsync(file.number()) != 0) {
        fail_to_write(target.path, errno);
    }
    // Closing may tell of a failure, too; a second descriptor, so that the lock stays.
    FileDescriptor second(::fcntl(file.number(), F_DUPFD_CLOEXEC, 0));
    const int reason = second.is_open() ? second.close() : errno;
    if (reason != 0) {
        fail_to_write(target.path, reason);
    }
}

void take_mode(const WriteTarget& target, const FileDescriptor& file) {
    if (target.kind != WriteTarget::Kind::regular) {
        return;
    }
    const struct stat& old = target.status;
    const bool same_owner = ::fchown(file.number(), old.st_uid, old.st_gid) == 0;
    const mode_t kept = same_owner ? 07777 : 0777; // a program that runs as its owner must not change owners
    struct stat now {};
    const bool differs = ::fstat(file.number(), &now) != 0 || (now.st_mode & 07777) != (old.st_mode & kept);
    if (differs && ::fchmod(file.number(), old.st_mode & kept) != 0) {
        fail_to_write(target.path, errno);
    }
}

} // namespace

void replace_by(const WriteTarget& target, const FileDescriptor& file, const std::string& path) {
    take_mode(target, file);
    sync(target, file);
    if (std::rename(path.c_str(), target.path.c_str()) != 0) {
        fail_to_write(target.path, errno);
    }
}

void remove_abandoned_partial_files(const std::filesystem::path& target) {
    const std::filesystem::path folder = folder_of(target);
    const std::string prefix = name_prefix(target);
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), ::closedir);
    if (!entries) {
        return;
    }
    while (const dirent* const entry = ::readdir(entries.get())) {
        const std::string_view name = entry->d_name;
        if (name.starts_with(prefix) && is_process_and_number(name.substr(prefix.size()))) {
            remove_if_abandoned((folder / entry->d_name).c_str());
        }
    }
}

} // namespace timeloom::detail
