// The file beside its target that a writer fills before it replaces the target.
#pragma once

#include "timeloom/runtime/files/file_descriptor.hpp"
#include "timeloom/runtime/files/write_target.hpp"

#include <filesystem>
#include <string>

namespace timeloom::detail {

/// "<target>.partial-<process>-<number>". Its writer holds a lock (flock) on it, by which others tell a
/// living writer's file from one that was left behind. Removed when its owner goes, unless it has replaced
/// the target.
class PartialFile {
  public:
    /// Throws Error if it cannot be made.
    explicit PartialFile(const WriteTarget& target);
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    int number() const { return file_.number(); }
    /// As replace_by().
    void replace_target();

  private:
    void make(int attempts);

    WriteTarget target_;
    std::string path_;
    FileDescriptor file_;
    bool exists_ = false;
};

/// Syncs the open file `path`, gives it the target's mode and owner, and renames it over the target. Throws
/// Error for what fails; then the target is as it was.
void replace_by(const WriteTarget& target, const FileDescriptor& file, const std::string& path);

/// Removes what writers of `target` that are no more have left behind. Does nothing where it may not.
void remove_abandoned_partial_files(const std::filesystem::path& target);

} // namespace timeloom::detail
