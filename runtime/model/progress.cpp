// What a training run tells its caller, and a callback that shows it on a terminal.
#include "timeloom/runtime/model/progress.hpp"

#include "timeloom/runtime/error.hpp"

#include <unistd.h>

#include <chrono>
#include <optional>

namespace timeloom {

namespace {

template <class... Values>
std::string format(const char* pattern, Values... values) {
    char text[64];
    std::snprintf(text, sizeof text, pattern, values...);
    return text;
}

/// "0.42 s", "12.3 s", "4:05" or "1:02:03".
std::string format_duration(double seconds) {
    if (!(seconds > 0.0))
        seconds = 0.0;
    if (seconds < 10.0)
        return format("%.2f s", seconds);
    if (seconds < 60.0)
        return format("%.1f s", seconds);
    if (seconds > 1e9) // thirty years
        return format("%.1e s", seconds);
    const auto whole = static_cast<long long>(seconds + 0.5);
    if (whole < 3600)
        return format("%lld:%02lld", whole / 60, whole % 60);
    return format("%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string counter(std::size_t value, std::size_t total) {
    const std::string of = std::to_string(total);
    std::string text = std::to_string(value);
    if (text.size() < of.size())
        text.insert(0, of.size() - text.size(), ' ');
    return text + "/" + of;
}

class TerminalProgress {
  public:
    explicit TerminalProgress(const TerminalProgressOptions& options) : options_(options) {
        if (options.stream == nullptr)
            throw Error("terminal_progress: the stream is null; give it stderr or a file that is open");
        is_terminal_ = isatty(fileno(options.stream)) == 1;
    }

    void operator()(const Progress& progress) {
        if (progress.kind == Progress::Kind::epoch_end) {
            if (is_terminal_)
                draw(progress, "\n");
            else if (options_.even_without_terminal)
                write(format_progress(progress) + "\n");
            last_update_.reset();
            return;
        }
        if (!is_terminal_)
            return;
        const auto now = std::chrono::steady_clock::now();
        const std::chrono::duration<double> pause(options_.seconds_between_updates);
        if (last_update_ && now - *last_update_ < pause)
            return;
        last_update_ = now;
        draw(progress, "");
    }

  private:
    /// Back to the start of the line, then erase to its end.
    void draw(const Progress& progress, const char* end) {
        write("\r\x1b[K" + format_progress(progress) + end);
    }

    void write(const std::string& text) {
        std::fputs(text.c_str(), options_.stream);
        std::fflush(options_.stream);
    }

    TerminalProgressOptions options_;
    bool is_terminal_ = false;
    std::optional<std::chrono::steady_clock::time_point> last_update_;
};

} // namespace

std::string format_progress(const Progress& progress) {
    std::string line = "epoch " + counter(progress.epoch, progress.epochs);
    if (progress.kind == Progress::Kind::step)
        line += "  step " + counter(progress.step, progress.steps);
    line += format("  loss %.4g", progress.loss);
    for (const auto& [name, value] : progress.metrics)
        line += "  " + name + format(" %.4g", value);
    line += "  " + format_duration(progress.seconds);
    const bool finished = progress.kind == Progress::Kind::epoch_end && progress.epoch == progress.epochs;
    return finished ? line : line + ", " + format_duration(progress.seconds_left) + " left";
}

ProgressCallback terminal_progress(const TerminalProgressOptions& options) {
    return TerminalProgress(options);
}

} // namespace timeloom
