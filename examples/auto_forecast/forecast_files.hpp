// A run of auto_forecast: from files of series to files of forecasts.
#pragma once

#include "journal.hpp"
#include "series_files.hpp"

#include <functional>
#include <string>

namespace auto_forecast {

struct Files {
    std::string series, exog, actual; ///< read; the last two may be empty
    std::string forecasts;            ///< written, with three more beside it
    timeloom::WideCsvOptions form;
};

struct RunOptions {
    std::size_t threads = 0; ///< 0: one for each core
    double seconds_between_entries = 1;
    bool restart = false;
    /// Told how many series are done, and which share of the file that is.
    std::function<void(std::size_t series, double share)> progress = {};
};

struct RunResult {
    Tally tally;
    std::size_t earlier = 0; ///< series that an earlier run had done
};

/// Reads, forecasts and writes in parts of a few series, on all threads; needs memory for some of them, for
/// 32 bytes or less of each series' id, and for the actual values. A run that ends before its time leaves a
/// journal and goes on where it was when it is made again, on any number of threads, to the same bytes.
/// Throws Error.
RunResult forecast_files(const Files& files, const Request& request, const RunOptions& options);

} // namespace auto_forecast
