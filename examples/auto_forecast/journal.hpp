// How far a run has come, so that a later one goes on from there.
#pragma once

#include "report.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <filesystem>

namespace auto_forecast {

/// What is written for good: of each file so many bytes.
struct Progress {
    bool complete = false; ///< all series are; the files are to replace their targets
    std::array<std::uint64_t, 4> bytes{};
    std::uint32_t checksum = 0; ///< of the series that are done
    Tally tally{};
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Progress, complete, bytes, checksum, tally)

/// "<file>.journal": what the run is about, and its progress. Replaced as a whole, so that it is never half
/// written.
class Journal {
  public:
    /// Reads it if it is there, unless the run is to begin anew. Throws Error where it is of a run with other
    /// options, or no journal.
    Journal(const std::filesystem::path& forecasts, nlohmann::json run, bool restart);

    const Progress& progress() const { return progress_; }
    /// Throws Error where that fails.
    void save(const Progress& progress);
    void remove();

  private:
    std::filesystem::path path_;
    nlohmann::json run_;
    Progress progress_;
};

} // namespace auto_forecast
