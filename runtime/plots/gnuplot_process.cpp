// Runs the gnuplot program.
#include "timeloom/runtime/plots/gnuplot_process.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/file_descriptor.hpp"
#include "timeloom/runtime/files/write_target.hpp"

#include <array>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>

namespace timeloom::detail {

namespace {

using Path = std::filesystem::path;

[[noreturn]] void fail_to_start(const Path& file, int reason) {
    throw Error("gnuplot could not be started to draw " + file.string() + ": " +
                std::generic_category().message(reason) + "; try again");
}

/// A file without a name, in memory: no folder can be full, and nothing is left where the program is killed.
FileDescriptor file_in_memory(const Path& file) {
    FileDescriptor memory(::memfd_create("timeloom-plot", MFD_CLOEXEC));
    if (!memory.is_open()) {
        fail_to_start(file, errno);
    }
    return memory;
}

std::string content_of(const Path& file, const FileDescriptor& memory) {
    const ::off_t size = ::lseek(memory.number(), 0, SEEK_END);
    std::string content(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    for (std::size_t done = 0; done < content.size();) {
        const ::ssize_t count = ::pread(memory.number(), content.data() + done, content.size() - done,
                                        static_cast<::off_t>(done));
        if (count <= 0) {
            fail_to_start(file, count < 0 ? errno : EIO);
        }
        done += static_cast<std::size_t>(count);
    }
    return content;
}

/// Which files become the standard ones of the new process.
class StandardFiles {
  public:
    explicit StandardFiles(std::array<int, 3> files) {
        ::posix_spawn_file_actions_init(&actions_);
        for (int standard = 0; standard < 3; ++standard) {
            reason_ = reason_ != 0 ? reason_
                                   : ::posix_spawn_file_actions_adddup2(
                                         &actions_, files[static_cast<std::size_t>(standard)], standard);
        }
    }
    ~StandardFiles() { ::posix_spawn_file_actions_destroy(&actions_); }
    StandardFiles(const StandardFiles&) = delete;
    StandardFiles& operator=(const StandardFiles&) = delete;

    /// 0, or the errno of what failed.
    int reason() const { return reason_; }
    const posix_spawn_file_actions_t* actions() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
    int reason_ = 0;
};

[[noreturn]] void fail_without_gnuplot(const Path& file) {
    throw Error("drawing " + file.string() +
                " needs the program gnuplot, which is not on the PATH; install it, " +
                "on Debian and Ubuntu with: apt-get install gnuplot-nox");
}

::pid_t start(const Path& file, const StandardFiles& files) {
    std::string name = "gnuplot";
    const std::array<char*, 2> arguments{name.data(), nullptr};
    ::pid_t process = 0;
    const int reason = files.reason() != 0 ? files.reason()
                                           : ::posix_spawnp(&process, name.c_str(), files.actions(), nullptr,
                                                            arguments.data(), environ);
    if (reason == ENOENT || reason == EACCES || reason == ENOTDIR) {
        fail_without_gnuplot(file);
    }
    if (reason != 0) {
        fail_to_start(file, reason);
    }
    return process;
}

/// True if it ended with status 0. A program that ignores its children (SIGCHLD) cannot know. Where the
/// system notices late that there is no such program, the process ends with status 127.
bool wait_for(const Path& file, ::pid_t process) {
    int status = 0;
    ::pid_t ended = 0;
    do {
        ended = ::waitpid(process, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        fail_without_gnuplot(file);
    }
    return ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

} // namespace

GnuplotOutput run_gnuplot(const Path& file, const std::string& script) {
    const FileDescriptor input = file_in_memory(file), picture = file_in_memory(file),
                         complaints = file_in_memory(file);
    if (const int reason = write_all(input.number(), script); reason != 0) {
        fail_to_start(file, reason);
    }
    ::lseek(input.number(), 0, SEEK_SET);
    const StandardFiles files({input.number(), picture.number(), complaints.number()});
    const bool succeeded = wait_for(file, start(file, files));
    return {succeeded, content_of(file, picture), content_of(file, complaints)};
}

} // namespace timeloom::detail
