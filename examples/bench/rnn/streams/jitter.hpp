// How long single steps of a stream take, beside its peers.
#pragma once

#include "../rnn_peers.hpp"

namespace timeloom::bench {

/// Times so many steps of an LSTM of 16 units with a dense output. The contenders take turns, and
/// step_times.hpp lists the signals that each of them hears. Prints quantiles, and draws the histograms of
/// Timeloom and of the peer with the least median as SVG.
void measure_jitter(const std::vector<RnnPeer>& peers, const std::string& target, long steps,
                    const std::filesystem::path& picture);

} // namespace timeloom::bench
