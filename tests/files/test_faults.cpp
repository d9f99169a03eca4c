// Failing calls, full disks and kills: an old file is kept or wholly replaced, and every failure is one
// Error.
#include "file_cases.hpp"
#include "injected_faults.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/appended_file.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <cstring>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace timeloom::tests {

namespace {

std::size_t entries_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

bool grows(const SavedFile& file) { return file.name == "log.csv"; }

/// The content that saving a version gives.
std::string content_of(const SavedFile& file, int version) {
    const TemporaryFolder folder;
    file.save(folder.path() / file.name, version);
    return file.load(folder.path() / file.name);
}

/// "" where saving succeeds, otherwise its Error's text.
std::string failure_of(const SavedFile& file, const fs::path& path, int version) {
    try {
        file.save(path, version);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

/// Runs `work` in a process of its own; whether it was killed.
template <class Work>
bool is_killed(Work work) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

/// 256 KB of memory as a disk.
class SmallDisk {
  public:
    explicit SmallDisk(const fs::path& folder)
        : folder_(folder),
          is_mounted_(::mount("timeloom-test", folder.c_str(), "tmpfs", 0, "size=256k") == 0) {}
    ~SmallDisk() {
        if (is_mounted_) {
            ::umount2(folder_.c_str(), MNT_DETACH);
        }
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool is_mounted() const { return is_mounted_; }

  private:
    fs::path folder_;
    bool is_mounted_;
};

} // namespace

TEST_CASE("each failing call of each save is one Error with path and reason, and keeps the old file") {
    for (const SavedFile& file : saved_files()) {
        const std::string old = content_of(file, 0), renewed = content_of(file, 1);
        REQUIRE(old != renewed);
        for (const std::string_view call : {"open", "write", "fsync", "fchmod", "rename", "close"}) {
            int failures = 0;
            for (int at = 0;; ++at) {
                CAPTURE(file.name, std::string(call), at);
                const TemporaryFolder folder;
                const fs::path path = folder.path() / file.name;
                file.save(path, 0);
                fail_call(call, at, EIO);
                const std::string failure = failure_of(file, path, 1);
                if (!stop_failing()) {
                    CHECK(failure.empty());
                    CHECK(file.load(path) == renewed);
                    break;
                }
                ++failures;
                if (!failure.empty()) {
                    CHECK_THAT(failure, Contains(file.name) && Contains(std::strerror(EIO)));
                }
                const std::string kept = file.load(path);
                const bool is_in_place = Contains("was written, but its folder").match(failure);
                // A log keeps the lines that it has.
                CHECK(((failure.empty() || is_in_place ? renewed : old) == kept ||
                       (grows(file) && renewed.starts_with(kept))));
                CHECK(entries_in(folder.path()) == 1);
            }
            CHECK(failures >= 1);
        }
    }
}

TEST_CASE("a partial file is removed where everything fails from some write on") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", "old");
    fail_calls_from("write", 0, ENOSPC);
    CHECK_THROWS_WITH(write_file_atomically(path, "new"), Contains("No space left on device"));
    stop_failing();
    CHECK(read_whole_file(path) == "old");
    CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("a line that cannot be added is taken back") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("log", "one\n");
    detail::AppendedFile log(path);
    fail_call("write", 0, ENOSPC);
    CHECK_THROWS_WITH(log.append("two\n"), Contains("No space"));
    stop_failing();
    log.append("three\n");
    log.close();
    CHECK(read_whole_file(path) == "one\nthree\n");
}

TEST_CASE("each failing read of each load is an Error") {
    for (const SavedFile& file : saved_files()) {
        if (file.name == "text" || file.name == "picture.svg") { // read by the test itself
            continue;
        }
        const TemporaryFolder folder;
        const fs::path path = folder.path() / file.name;
        file.save(path, 1);
        const std::string content = file.load(path);
        for (const std::string_view call : {"open", "read"}) {
            for (int at = 0;; ++at) {
                CAPTURE(file.name, std::string(call), at);
                fail_call(call, at, EIO);
                std::string end;
                try {
                    end = file.load(path);
                } catch (const Error& error) {
                    end = error.what();
                    CHECK_THAT(end, Contains(path.string()) && Contains(std::strerror(EIO)));
                }
                if (!stop_failing()) {
                    CHECK(end == content);
                    CHECK(at >= 1);
                    break;
                }
                CHECK(end != content);
            }
        }
    }
}

TEST_CASE("killed at any call, a file is the old one or the new one, and the next save leaves nothing else") {
    for (const SavedFile& file : saved_files()) {
        const std::string old = content_of(file, 0), renewed = content_of(file, 1);
        int kills = 0;
        for (int at = 0;; ++at) {
            CAPTURE(file.name, at);
            const TemporaryFolder folder;
            const fs::path path = folder.path() / file.name;
            file.save(path, 0);
            const bool killed = is_killed([&] {
                kill_at_call(at);
                file.save(path, 1);
            });
            if (!killed) {
                break;
            }
            ++kills;
            if (grows(file)) { // whole lines, and perhaps half of the last one
                const std::string text = read_whole_file(path);
                CHECK_THAT(text, Catch::StartsWith("epoch,loss,"));
                continue;
            }
            const std::string kept = file.load(path);
            CHECK((kept == old || kept == renewed));
            file.save(path, 1);
            CHECK(file.load(path) == renewed);
            CHECK(entries_in(folder.path()) == 1);
        }
        CHECK(kills >= 6); // open, write, sync, close, rename, sync of the folder
    }
}

TEST_CASE("killed at any time, a file is whole") {
    for (const SavedFile& file : saved_files()) {
        if (grows(file) || file.name == "picture.svg") {
            continue;
        }
        const std::string old = content_of(file, 0), renewed = content_of(file, 1);
        const TemporaryFolder folder;
        const fs::path path = folder.path() / file.name;
        file.save(path, 0);
        for (int round = 0; round < 12; ++round) {
            CAPTURE(file.name, round);
            const ::pid_t child = ::fork();
            if (child == 0) {
                for (int version = 1;; version = 1 - version) {
                    file.save(path, version);
                }
            }
            std::this_thread::sleep_for(std::chrono::microseconds(500 + 379 * round));
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            const std::string kept = file.load(path);
            CHECK((kept == old || kept == renewed));
        }
        file.save(path, 0);
        CHECK(entries_in(folder.path()) == 1);
    }
}

TEST_CASE("a limit on the size of files keeps the old file") {
    for (const SavedFile& file : saved_files()) {
        CAPTURE(file.name);
        const TemporaryFolder folder;
        const fs::path path = folder.path() / file.name;
        file.save(path, 0);
        const std::string old = file.load(path);
        const bool killed = is_killed([&] {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit few{5, 5};
            ::setrlimit(RLIMIT_FSIZE, &few);
            if (failure_of(file, path, 1).empty()) {
                ::raise(SIGKILL);
            }
        });
        CHECK_FALSE(killed);
        CHECK(file.load(path) == old);
        CHECK(entries_in(folder.path()) == 1);
    }
}

TEST_CASE("a full disk keeps the old files") {
    const TemporaryFolder folder;
    const SmallDisk disk(folder.path());
    if (!disk.is_mounted()) {
        WARN("no small disk could be mounted, which needs root: skipped");
        return;
    }
    const auto fill = [&](std::size_t bytes) {
        std::ofstream(folder.path() / "filler", std::ios::binary) << std::string(bytes, 'x');
    };
    for (const SavedFile& file : saved_files()) {
        CAPTURE(file.name);
        const fs::path path = folder.path() / file.name;
        file.save(path, 0);
        const std::string old = file.load(path);
        fill(1 << 20); // as much as there is room
        CHECK_THAT(failure_of(file, path, 1), Contains("No space left on device") && Contains(path.string()));
        CHECK(file.load(path) == old);
        CHECK(entries_in(folder.path()) == 2);
        fs::remove(folder.path() / "filler");
        CHECK(failure_of(file, path, 1).empty());
        fs::remove(path);
    }
}

} // namespace timeloom::tests
