// Plots of one or several panels, drawn by the gnuplot program.
#include "timeloom/runtime/plot.hpp"

#include "timeloom/runtime/error.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace timeloom {

namespace {

/// Blocks SIGPIPE on this thread: a gnuplot that stops early must not end the whole program.
class BlockedSigpipe {
  public:
    BlockedSigpipe() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    ~BlockedSigpipe() {
        const timespec at_once{};
        if (sigismember(&before_, SIGPIPE) == 0)
            sigtimedwait(&sigpipe_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    BlockedSigpipe(const BlockedSigpipe&) = delete;
    BlockedSigpipe& operator=(const BlockedSigpipe&) = delete;

  private:
    sigset_t sigpipe_;
    sigset_t before_;
};

/// An empty file in the folder for temporary files, which takes gnuplot's complaints.
class TemporaryFile {
  public:
    TemporaryFile() : path_((std::filesystem::temp_directory_path() / "timeloom-plot-XXXXXX").string()) {
        const int descriptor = ::mkstemp(path_.data());
        if (descriptor < 0)
            throw Error("Could not make a temporary file " + path_ + "; check TMPDIR.");
        ::close(descriptor);
    }
    ~TemporaryFile() { ::unlink(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }
    std::string text() const {
        std::ifstream file(path_);
        return {std::istreambuf_iterator<char>(file), {}};
    }

  private:
    std::string path_;
};

bool gnuplot_is_installed() {
    const char* const search_path = std::getenv("PATH");
    std::istringstream folders(search_path == nullptr ? "/usr/bin:/bin" : search_path);
    for (std::string folder; std::getline(folders, folder, ':');)
        if (::access(((folder.empty() ? "." : folder) + "/gnuplot").c_str(), X_OK) == 0)
            return true;
    return false;
}

std::string shell_quoted(const std::string& text) {
    std::string result = "'";
    for (const char character : text)
        result += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return result + "'";
}

void require_writable(const std::filesystem::path& file) {
    if (!std::ofstream(file))
        throw Error("The plot " + file.string() +
                    " cannot be written; check that its folder exists and is writable.");
}

void draw(const std::filesystem::path& file, const std::string& script) {
    if (!gnuplot_is_installed())
        throw Error("Drawing " + file.string() +
                    " needs the program gnuplot, which is not on the PATH; install it, " +
                    "on Debian and Ubuntu with: apt-get install gnuplot-nox");
    require_writable(file);

    const TemporaryFile complaints;
    const BlockedSigpipe blocked_sigpipe;
    std::FILE* const pipe = ::popen(("gnuplot 2>" + shell_quoted(complaints.path())).c_str(), "w");
    if (pipe == nullptr)
        throw Error("Could not start gnuplot to draw " + file.string() + "; try again.");
    std::fwrite(script.data(), 1, script.size(), pipe);
    const int status = ::pclose(pipe);
    const bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    std::error_code missing;
    const bool written = std::filesystem::file_size(file, missing) > 0 && !missing;
    if (!succeeded || !written)
        throw Error("gnuplot could not draw " + file.string() + ": " + complaints.text());
}

} // namespace

void plot_lines(const std::filesystem::path& file, const std::string& title, const std::string& x_label,
                const std::string& y_label, std::span<const PlotSeries> series) {
    draw(file, gnuplot_script(file, title, x_label, y_label, series));
}

void plot_panels(const std::filesystem::path& file, const std::string& title,
                 std::span<const PlotPanel> panels, std::size_t columns) {
    draw(file, gnuplot_script(file, title, panels, columns));
}

} // namespace timeloom
