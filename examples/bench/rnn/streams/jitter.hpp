// How long single steps of a stream take, beside its peers.
#pragma once

#include "../rnn_peers.hpp"

namespace timeloom::bench {

/// Times so many steps of an LSTM of 16 units with a dense output for each contender, in turns and with each
/// of the signals of step_times.hpp; prints quantiles, and draws the histograms of Timeloom and the peer of
/// the least median as SVG.
void measure_jitter(const std::vector<RnnPeer>& peers, const std::string& target, long steps,
                    const std::filesystem::path& picture);

} // namespace timeloom::bench
