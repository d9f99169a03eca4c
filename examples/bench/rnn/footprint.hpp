// What training and inference take besides time: memory, and the size of a program.
#pragma once

#include "rnn_peers.hpp"

#include <nlohmann/json_fwd.hpp>

namespace timeloom::bench {

/// Prints by how much the resident memory of a fresh process peaks in five training steps of a case, model
/// and data included, for Timeloom and for the peers that tell; and the size of a program that only infers.
/// To be called before this process has threads. Returns the same as JSON.
nlohmann::json measure_footprint(const RnnCase& rnn_case, const std::vector<RnnPeer>& peers,
                                 const std::filesystem::path& inference_program);

} // namespace timeloom::bench
