// Runs the gnuplot program.
#pragma once

#include <filesystem>
#include <string>

namespace timeloom::detail {

struct GnuplotOutput {
    bool succeeded;         ///< exit status 0
    std::string picture;    ///< what came on its standard output
    std::string complaints; ///< what came on its standard error
};

/// Runs gnuplot on the script, all in memory. Throws Error, naming the picture `file`, where it is not
/// installed or cannot be started.
GnuplotOutput run_gnuplot(const std::filesystem::path& file, const std::string& script);

} // namespace timeloom::detail
