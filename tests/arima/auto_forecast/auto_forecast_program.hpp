// The program auto_forecast as a child process, what it writes, and series for it.
#pragma once

#include "../../support/temporary_folder.hpp"

#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <csignal>
#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace timeloom::tests {

namespace fs = std::filesystem;

using Arguments = std::vector<std::string>;

/// A running auto_forecast, whose stdout and stderr go to files.
class Program {
  public:
    Program(const TemporaryFolder& folder, const Arguments& arguments, int terminal = -1)
        : stderr_path_(folder.path() / "stderr") {
        std::vector<char*> words{const_cast<char*>("auto_forecast")};
        for (const std::string& argument : arguments) {
            words.push_back(const_cast<char*>(argument.c_str()));
        }
        words.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            const int out = ::open((folder.path() / "stdout").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            const int err =
                terminal >= 0 ? terminal : ::open(stderr_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
            ::dup2(out, STDOUT_FILENO);
            ::dup2(err, STDERR_FILENO);
            ::execv(AUTO_FORECAST_PROGRAM, words.data());
            ::_exit(127);
        }
    }
    ~Program() {
        if (child_ > 0) {
            kill();
        }
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// The exit status, or 128 and the signal.
    int wait() {
        int status = 0;
        ::wait4(child_, &status, 0, &usage_);
        child_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    int kill() {
        ::kill(child_, SIGKILL);
        return wait();
    }
    std::string errors() const { return read_whole_file(stderr_path_); }
    bool is_running() const {
        ::siginfo_t ended{};
        return ::waitid(P_PID, static_cast<::id_t>(child_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               ended.si_pid == 0;
    }
    long most_kilobytes() const { return usage_.ru_maxrss; }

  private:
    fs::path stderr_path_;
    ::pid_t child_ = 0;
    ::rusage usage_{};
};

/// What a run writes to stderr where it must fail.
inline std::string failure(const TemporaryFolder& folder, const Arguments& arguments) {
    Program program(folder, arguments);
    CHECK(program.wait() == 1);
    return program.errors();
}

/// A run that must not fail.
inline void run(const TemporaryFolder& folder, const Arguments& arguments) {
    Program program(folder, arguments);
    INFO(program.errors());
    REQUIRE(program.wait() == 0);
    CHECK(program.errors().empty()); // no progress where there is no terminal
}

/// Arguments, and more of them.
inline Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// The four files of a run whose forecasts are in `out`.
inline std::vector<std::string> written(const fs::path& out) {
    std::vector<std::string> texts;
    for (const char* suffix : {"", "_lower", "_upper", "_log"}) {
        texts.push_back(read_whole_file(out.parent_path() / (out.stem().string() + suffix + ".csv")));
    }
    return texts;
}

inline std::size_t entries_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// The values of a line of a wide file, NA where they are NaN.
inline std::string text_of(const std::vector<double>& values) {
    std::string text;
    for (const double value : values) {
        text += ',' + (std::isnan(value) ? std::string("NA") : std::to_string(value));
    }
    return text + '\n';
}

/// A random walk whose steps remember the last one, in thousandths.
inline std::vector<double> walk(Random& random, std::size_t n) {
    std::vector<double> y(n);
    double x = 0, level = 50;
    for (double& value : y) {
        x = 0.6 * x + random.normal();
        level += 0.2 * x;
        value = std::round(1000 * (level + x)) / 1000;
    }
    return y;
}

} // namespace timeloom::tests
