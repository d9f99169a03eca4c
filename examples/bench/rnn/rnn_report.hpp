// What bench_rnn measures, as tables and as JSON.
#pragma once

#include "../contender.hpp"
#include "kernel_report.hpp"

#include <nlohmann/json_fwd.hpp>

namespace timeloom::bench {

/// A contender on one case; the first is Timeloom.
struct RnnRow {
    Contender contender;
    Samples milliseconds{};
    double error = 0; ///< of a stream: the largest difference from a calculation in double
};

struct MissingPeer {
    std::string name;
    std::string why;
};

/// All that was measured of one case with one number of threads.
struct RnnResult {
    RnnCase rnn_case;
    std::size_t threads;
    std::string target;
    double peak_gflops = 0; ///< of one core, in the same minutes
    std::vector<RnnRow> rows{};
    std::vector<MissingPeer> missing{};
    std::vector<KernelRow> kernels{};

    /// The peer with the least minimum; null where there is none.
    const RnnRow* best_peer() const;
};

void print_result(const RnnResult& result);

/// Our time as a fraction of the best peer's, case by case.
void print_ratios(const std::vector<RnnResult>& results);

nlohmann::json rnn_report_json(const std::vector<RnnResult>& results);

} // namespace timeloom::bench
