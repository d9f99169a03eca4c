// What stands at a path decides how it is written: files, links, devices, FIFOs; and their modes.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/appended_file.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/continued_file.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace timeloom::tests {

namespace {

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode;
}

std::size_t entries_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// The exit status of `work` in a process of its own.
template <class Work>
int in_child(Work work) {
    const ::pid_t child = ::fork();
    if (child == 0) {
        ::_exit(work());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

TEST_CASE("the mode of an existing file is kept, a new one's follows the umask") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", "old");
    for (const mode_t mode : {0600u, 0640u, 0664u, 0755u, 02755u}) {
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        write_file_atomically(path, "new");
        CHECK((mode_of(path) & 07777) == mode);
    }
    const mode_t before = ::umask(027);
    write_file_atomically(folder.path() / "b", "new");
    ::umask(before);
    CHECK((mode_of(folder.path() / "b") & 0777) == 0640);
}

TEST_CASE("links are followed, in chains, to nothing, and not in circles") {
    const TemporaryFolder folder;
    fs::create_directory(folder.path() / "inner");
    const fs::path target = folder.path() / "inner" / "target";
    fs::create_symlink("inner/target", folder.path() / "link"); // relative to its folder
    fs::create_symlink(folder.path() / "link", folder.path() / "link to link");
    for (const char* content : {"made", "replaced"}) { // the target is missing at first
        write_file_atomically(folder.path() / "link to link", content);
        CHECK(read_whole_file(target) == content);
        CHECK(S_ISLNK(mode_of(folder.path() / "link")));
        CHECK(S_ISLNK(mode_of(folder.path() / "link to link")));
    }
    fs::create_symlink("circle", folder.path() / "circle");
    CHECK_THROWS_WITH(write_file_atomically(folder.path() / "circle", "x"), Contains("circle"));
    CHECK(entries_in(folder.path()) == 4);
}

TEST_CASE("folders, missing folders and odd paths are refused with the reason") {
    const TemporaryFolder folder;
    const auto refused = [&](const fs::path& path, const char* reason) {
        CHECK_THROWS_WITH(write_file_atomically(path, "x"), Contains(reason));
    };
    refused(folder.path(), "it is a folder");
    refused(folder.path() / "none" / "a", "No such file");
    refused(folder.path() / "none/", "slash");
    refused("", "empty");
    refused(std::string("a\0b", 3), "NUL");
    refused(folder.write("file", "x") / "a", "Not a directory");
    refused(folder.path() / std::string(300, 'n'), "File name too long");
    // As long as a name can be: no room for the partial file's full name.
    const fs::path longest = folder.path() / std::string(255, 'n');
    write_file_atomically(longest, "x");
    CHECK(read_whole_file(longest) == "x");
    CHECK(entries_in(folder.path()) == 2);
}

TEST_CASE("a file or a folder without permission to write is refused") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", "old");
    fs::permissions(folder.path(), fs::perms::all);
    fs::permissions(path, fs::perms::owner_read | fs::perms::others_read);
    const int status = in_child([&] { // as nobody, where the test runs as root
        if (::geteuid() == 0 && ::seteuid(65534) != 0) {
            return 3;
        }
        try {
            write_file_atomically(path, "new");
        } catch (const Error& error) {
            return Contains("Permission denied").match(error.what()) ? 0 : 2;
        }
        return 1;
    });
    CHECK(status == 0);
    CHECK(read_whole_file(path) == "old");
}

TEST_CASE("whether a file can be written is known before the work") {
    const TemporaryFolder folder;
    CHECK_NOTHROW(require_writable(folder.path() / "new"));
    CHECK_NOTHROW(require_writable(folder.write("old", "x")));
    CHECK_NOTHROW(require_writable("/dev/null"));
    CHECK_THROWS_WITH(require_writable(folder.path()), Contains("it is a folder"));
    CHECK_THROWS_WITH(require_writable(folder.path() / "none" / "a"), Contains("No such file"));
    CHECK(entries_in(folder.path()) == 1); // nothing was made
    CHECK(leads_to_stream("/dev/stdout"));
    CHECK(leads_to_stream("/dev/null"));
    CHECK_FALSE(leads_to_stream(folder.path() / "old"));
    CHECK_FALSE(leads_to_stream(folder.path() / "new"));
    CHECK_THROWS_AS(leads_to_stream(""), Error);
}

TEST_CASE("devices are written into and stay devices") {
    write_file_atomically("/dev/null", "x");
    CHECK(S_ISCHR(mode_of("/dev/null")));
    CHECK_THROWS_WITH(write_file_atomically("/dev/full", "x"), Contains("No space left"));
    CHECK(S_ISCHR(mode_of("/dev/full")));
}

TEST_CASE("a FIFO is written into where someone reads, and refused at once where nobody does") {
    const TemporaryFolder folder;
    const fs::path fifo = folder.path() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    const auto begin = std::chrono::steady_clock::now();
    CHECK_THROWS_WITH(write_file_atomically(fifo, "x"), Contains("no program reads"));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));

    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
    write_file_atomically(fifo, "through");
    char text[16] = {};
    CHECK(::read(reader, text, sizeof text) == 7);
    CHECK(std::string(text) == "through");
    // A reader that goes away must not end the program (SIGPIPE).
    std::thread leaves([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ::close(reader);
    });
    CHECK_THROWS_WITH(write_file_atomically(fifo, std::string(1 << 20, 'x')), Contains("Broken pipe"));
    leaves.join();
    CHECK(S_ISFIFO(mode_of(fifo)));
}

TEST_CASE("standard output is written into, as a pipe and as a file") {
    const TemporaryFolder folder;
    const fs::path file = folder.path() / "out";
    const int status = in_child([&] {
        const int out = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
        ::dup2(out, 1);
        [[maybe_unused]] const auto written = ::write(1, "first ", 6);
        write_file_atomically("/dev/stdout", "second");
        return 0;
    });
    CHECK(status == 0);
    CHECK(read_whole_file(file) == "first second");

    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    CHECK(in_child([&] {
              ::dup2(pipe[1], 1);
              write_file_atomically("/proc/self/fd/1", "through");
              return 0;
          }) == 0);
    char text[16] = {};
    CHECK(::read(pipe[0], text, sizeof text) == 7);
    ::close(pipe[0]), ::close(pipe[1]);
}

TEST_CASE("what killed writers left behind is removed, a living writer's file is not") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "a";
    for (const char* left : {"a.partial-1-0", "a.partial-4000000-17"}) {
        folder.write(left, "part");
    }
    for (const char* other :
         {"a.partial-", "a.partial-x-1", "a.partial-1-2-3", "b.partial-1-0", "a.partial"}) {
        folder.write(other, "the user's");
    }
    const fs::path living = folder.write("a.partial-2-0", "part");
    const int holder = ::open(living.c_str(), O_RDWR);
    REQUIRE(::flock(holder, LOCK_EX) == 0);
    write_file_atomically(path, "x");
    CHECK(!fs::exists(folder.path() / "a.partial-1-0"));
    CHECK(!fs::exists(folder.path() / "a.partial-4000000-17"));
    CHECK(fs::exists(living));
    CHECK(entries_in(folder.path()) == 7);
    ::close(holder);
    write_file_atomically(path, "y");
    CHECK(!fs::exists(living));
}

TEST_CASE("two processes write one file: no writer fails, and the file is always whole") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", std::string(40'000, 'o'));
    std::vector<::pid_t> writers;
    for (const char letter : {'x', 'y'}) {
        writers.push_back(::fork());
        if (writers.back() == 0) {
            try {
                for (int i = 0; i < 300; ++i) {
                    write_file_atomically(path, std::string(30'000 + i, letter));
                }
            } catch (...) {
                ::_exit(1);
            }
            ::_exit(0);
        }
    }
    bool all_whole = true;
    for (int i = 0; i < 200; ++i) {
        const std::string text = read_whole_file(path);
        all_whole = all_whole && text.size() >= 30'000 && text == std::string(text.size(), text[0]);
    }
    CHECK(all_whole);
    for (const ::pid_t writer : writers) {
        int status = 1;
        ::waitpid(writer, &status, 0);
        CHECK(status == 0);
    }
    CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("a log grows by whole lines") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("log", "without an end");
    detail::AppendedFile log(path);
    log.append("one\n");
    log.close();
    CHECK(read_whole_file(path) == "without an end\none\n");
    CHECK_THROWS_WITH(detail::AppendedFile(folder.path()), Contains("folder"));
    detail::AppendedFile full("/dev/full");
    CHECK_THROWS_WITH(full.append("x\n"), Contains("No space left"));
}

TEST_CASE("a continued file stays unfinished until it replaces its target") {
    const TemporaryFolder folder;
    const fs::path target = folder.write("target", "old");
    REQUIRE(::chmod(target.c_str(), 0640) == 0);
    fs::create_symlink("target", folder.path() / "link");
    const fs::path unfinished = folder.path() / "target.unfinished";
    {
        detail::ContinuedFile file(folder.path() / "link", 0);
        file.append("kept, ");
        file.append("lost");
        CHECK(file.size() == 10);
        CHECK_THROWS_WITH(detail::ContinuedFile(target, 0), Contains("another program is writing it"));
    }
    CHECK(read_whole_file(unfinished) == "kept, lost");
    CHECK(read_whole_file(target) == "old");
    CHECK_THROWS_WITH(detail::ContinuedFile(target, 11), Contains("has 10 bytes where 11 were written"));
    detail::ContinuedFile file(target, 6);
    file.append("gone on");
    file.sync();
    file.replace_target();
    CHECK(read_whole_file(target) == "kept, gone on");
    CHECK((mode_of(target) & 07777) == 0640);
    CHECK_FALSE(fs::exists(unfinished));
    CHECK(entries_in(folder.path()) == 2);
    CHECK_THROWS_WITH(detail::ContinuedFile("/dev/null", 0), Contains("no regular file"));
    CHECK_THROWS_WITH(detail::ContinuedFile(folder.path() / "none" / "a", 0), Contains("No such file"));
    fs::create_directory(unfinished);
    CHECK_THROWS_WITH(detail::ContinuedFile(target, 0), Contains("cannot be written"));
}

} // namespace timeloom::tests
