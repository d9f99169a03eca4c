// How often the automatic search of an order passes over a model that it tried and that is better.
#pragma once

#include <cstddef>
#include <filesystem>

namespace timeloom::bench {

/// Which series the search is judged on.
struct PassedOverOptions {
    std::filesystem::path csv{}; ///< series, one a line; empty: prefixes of the airline series
    int season = 12;             ///< of the file's series
    std::size_t every = 1;       ///< only every so many series of the file
    double tolerance = 0.02;     ///< of the criterion
    double within = 10;          ///< models further above the one selected are not fitted again
};

/// Fits every model again that a search tried, thoroughly, and prints the series for which the AICc of one
/// that may be taken lies below that of the one selected by more than the tolerance.
void judge_automatic_orders(const PassedOverOptions& options);

} // namespace timeloom::bench
