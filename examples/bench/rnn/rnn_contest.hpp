// One case with everyone in it, who take turns.
#pragma once

#include "rnn_peers.hpp"
#include "rnn_report.hpp"

namespace timeloom::bench {

struct ContestOptions {
    std::string target;
    int rounds = 12;      ///< in each of which everyone has a turn
    int count = 8;        ///< measurements of a turn
    bool kernels = false; ///< time ours one by one, too
};

/// Starts everyone, compares what they compute, times them. A peer that is missing, fails or computes
/// something else is named in the result.
RnnResult hold_contest(const RnnCase& rnn_case, std::size_t threads, const std::vector<RnnPeer>& peers,
                       const ContestOptions& options);

} // namespace timeloom::bench
