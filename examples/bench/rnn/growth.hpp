// How cost grows with time steps, rows and units, beside oneDNN.
#pragma once

#include "rnn_contest.hpp"

#include <filesystem>

namespace timeloom::bench {

/// Times an LSTM layer, forward and forward + backward on one thread, and draws the curves. Returns what was
/// measured.
std::vector<RnnResult> measure_growth(const std::vector<RnnPeer>& peers, const ContestOptions& options,
                                      const std::filesystem::path& picture);

} // namespace timeloom::bench
