// The libraries that bench_rnn compares with, and how to start each.
#pragma once

#include "../peer_process.hpp"
#include "rnn_case.hpp"

namespace timeloom::bench {

struct RnnPeerPlaces {
    std::filesystem::path python;   ///< interpreter that has the Python peers' packages
    std::filesystem::path programs; ///< folder of the C++ peers' programs
};

struct RnnPeer {
    std::string name;
    std::vector<std::string> command;
    /// Settings by environment variables, of which the fastest is kept where there are several threads.
    std::vector<PeerProcess::Variables> choices;
    std::string hint; ///< what to do where the program is missing

    /// Why it cannot do a case for a target; empty where it can.
    std::function<std::string(const RnnCase&, const std::string& target)> why_not;

    bool tells_memory = false;
    bool is_of_streams = false; ///< runs streams and nothing else, by a program for each target

    /// The peer, warmed up, with its fastest settings. Throws Error where it is missing.
    Contender start(const RnnCase& rnn_case, std::size_t threads, const std::string& target) const;
    /// KiB by which its resident memory grows from its start to the peak of some measurements on one thread.
    long growth_kib(const RnnCase& rnn_case, int count) const;
    /// Its program and what it is told of a case.
    std::vector<std::string> command_for(const RnnCase& rnn_case, std::size_t threads,
                                         const std::string& target) const;
};

std::vector<RnnPeer> rnn_peers(const RnnPeerPlaces& places);

} // namespace timeloom::bench
