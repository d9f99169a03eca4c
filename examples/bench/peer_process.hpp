// A peer measured by a program of its own, which runs some steps whenever it is told to.
#pragma once

#include "contender.hpp"

#include <filesystem>
#include <string>

namespace timeloom::bench {

struct PeerProgram {
    std::filesystem::path python; ///< interpreter of the virtual environment that has the peer's packages
    std::filesystem::path script;
};

/// Starts `python script CASE --threads N` and waits until it is ready. The program answers on its standard
/// output, one line each: first {"version": …, "settings": …}; to "run N" with the milliseconds of N steps.
/// It is ended with the contender. Throws Error when it cannot be started or falls silent.
Contender start_peer(const std::string& name, const PeerProgram& program, const std::string& case_name,
                     std::size_t threads);

} // namespace timeloom::bench
