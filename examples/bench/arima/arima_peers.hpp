// The other libraries that fit ARIMA models, each in a program of its own.
#pragma once

#include "arima_contender.hpp"

#include <filesystem>

namespace timeloom::bench {

struct ArimaPeerPlaces {
    std::filesystem::path python; ///< of the virtual environment that has statsforecast and statsmodels
    std::filesystem::path ctsa;   ///< a checkout of ctsa, built as the benchmark starts
    std::filesystem::path folder; ///< where files may be written
};

/// A peer, and how to start it; `start` throws Error where the peer is missing.
struct ArimaPeer {
    std::string name;
    std::function<ArimaContender()> start;
};

/// All of them, on one thread each. `workloads` is what write_arima_cases() has written.
std::vector<ArimaPeer> arima_peers(const ArimaPeerPlaces& places, const std::filesystem::path& workloads);

} // namespace timeloom::bench
