// How the time of a fit grows with missing values and with length.
#pragma once

#include <filesystem>

namespace timeloom::bench {

/// Fits simulated series of two models by Timeloom, prints a table, and draws it. Throws Error where gnuplot
/// fails.
void measure_arima_scaling(const std::filesystem::path& picture);

} // namespace timeloom::bench
