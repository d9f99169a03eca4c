// What a training run tells its caller, and a callback that shows it on a terminal.
#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace timeloom {

/// State of a training run. Epochs and steps count from 1; `loss` is the epoch's mean so far; metrics are
/// named as in Keras's history ("accuracy", "val_loss"). `seconds` is the time since the epoch began,
/// `seconds_left` an estimate for the rest of the epoch (of the training at the end of an epoch).
struct Progress {
    enum class Kind { step, epoch_end };

    Kind kind = Kind::step;
    std::size_t epoch = 0;
    std::size_t epochs = 0;
    std::size_t step = 0;
    std::size_t steps = 0;
    double loss = 0.0;
    std::vector<std::pair<std::string, double>> metrics;
    double seconds = 0.0;
    double seconds_left = 0.0;
};

using ProgressCallback = std::function<void(const Progress&)>;

/// One line of text, without a line end: "epoch  3/10  step 12/40  loss 0.1234  accuracy 0.9  1.2 s, 2.8 s
/// left".
std::string format_progress(const Progress& progress);

struct TerminalProgressOptions {
    std::FILE* stream = stderr;
    /// Also write the line of every epoch where `stream` is not a terminal.
    bool even_without_terminal = false;
    /// At most one update of the line per this time.
    double seconds_between_updates = 0.1;
};

/// On a terminal: one line that is updated with every step and stays at the end of an epoch. Otherwise
/// nothing, or, if asked, the lines at the end of the epochs. Throws Error where the stream is null.
ProgressCallback terminal_progress(const TerminalProgressOptions& options = {});

} // namespace timeloom
