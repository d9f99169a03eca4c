// How near everyone comes to what the processor and its memory allow.
#pragma once

#include "rnn_report.hpp"

#include <filesystem>

namespace timeloom::bench {

/// GB/s that one core reads from an array which fits in no cache.
double memory_bandwidth();

/// Draws each case on one thread as a point for each contender, GFLOP/s over floating-point operations for
/// each byte that must be moved at least once, under the measured peak and bandwidth.
void draw_roofline(const std::vector<RnnResult>& results, const std::filesystem::path& picture);

} // namespace timeloom::bench
