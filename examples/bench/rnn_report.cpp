#include "rnn_report.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace timeloom::bench {

namespace {

using nlohmann::json;

double gflops(const RnnResult& result, const RnnRow& row) {
    return result.rnn_case.gflops() / (1e-3 * row.milliseconds.min());
}

double percent_of_peak(const RnnResult& result, const RnnRow& row) {
    return 100 * gflops(result, row) / (result.peak_gflops * static_cast<double>(result.threads));
}

void print_kernels(const RnnResult& result) {
    std::printf("  %-18s %-23s %10s %9s %9s\n", "kernels of", "", "min ms", "GFLOP/s", "% of peak");
    for (const KernelRow& row : result.kernels) {
        std::printf("  %-18s %-23s %10.4f ", row.layer.c_str(), row.part.c_str(), row.milliseconds);
        if (row.gflops > 0) {
            std::printf("%9.1f %9.1f", row.gflops, 100 * row.gflops / result.peak_gflops);
        }
        std::printf("\n");
    }
}

json kernel_json(const RnnResult& result, const KernelRow& row) {
    return {{"case", result.rnn_case.name},
            {"layer", row.layer},
            {"part", row.part},
            {"target", result.target},
            {"threads", result.threads},
            {"min_ms", row.milliseconds},
            {"gflops", row.gflops},
            {"peak_gflops", result.peak_gflops},
            {"percent_of_peak", 100 * row.gflops / result.peak_gflops}};
}

json row_json(const RnnResult& result, const RnnRow& row) {
    return {{"case", result.rnn_case.name},     {"peer", row.contender.name},
            {"version", row.contender.version}, {"settings", row.contender.settings},
            {"target", result.target},          {"threads", result.threads},
            {"batch", result.rnn_case.batch},   {"timesteps", result.rnn_case.timesteps()},
            {"min_ms", row.milliseconds.min()}, {"median_ms", row.milliseconds.median()},
            {"gflops", gflops(result, row)},    {"percent_of_peak", percent_of_peak(result, row)}};
}

} // namespace

const RnnRow* RnnResult::best_peer() const {
    const RnnRow* best = nullptr;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (best == nullptr || rows[i].milliseconds.min() < best->milliseconds.min()) {
            best = &rows[i];
        }
    }
    return best;
}

void print_result(const RnnResult& result) {
    std::printf("%s: %s, %zu thread%s, %s (peak of one core: %.1f GFLOP/s)\n", result.rnn_case.name.c_str(),
                result.rnn_case.title.c_str(), result.threads, result.threads == 1 ? "" : "s",
                result.target.c_str(), result.peak_gflops);
    std::printf("  %-16s %-18s %10s %10s %8s %8s %8s\n", "", "version", "min ms", "median ms", "GFLOP/s",
                "% peak", "x ours");
    const Samples& ours = result.rows.front().milliseconds;
    for (const RnnRow& row : result.rows) {
        std::printf("  %-16s %-18s %10.4f %10.4f %8.1f %8.1f %8.2f   %s\n", row.contender.name.c_str(),
                    row.contender.version.c_str(), row.milliseconds.min(), row.milliseconds.median(),
                    gflops(result, row), percent_of_peak(result, row), row.milliseconds.min() / ours.min(),
                    row.contender.settings.c_str());
    }
    for (const MissingPeer& peer : result.missing) {
        std::printf("  %-16s missing: %s\n", peer.name.c_str(), peer.why.c_str());
    }
    if (!result.kernels.empty()) {
        print_kernels(result);
    }
    std::printf("\n");
    std::fflush(stdout);
}

void print_ratios(const std::vector<RnnResult>& results) {
    std::printf("%-22s %7s   %-16s %21s\n", "timeloom's time", "threads", "best peer", "of its min, median");
    for (const RnnResult& result : results) {
        if (const RnnRow* best = result.best_peer()) {
            const Samples& ours = result.rows.front().milliseconds;
            std::printf("%-22s %7zu   %-16s %10.2f %10.2f\n", result.rnn_case.name.c_str(), result.threads,
                        best->contender.name.c_str(), ours.min() / best->milliseconds.min(),
                        ours.median() / best->milliseconds.median());
        }
    }
}

json rnn_report_json(const std::vector<RnnResult>& results) {
    json report{{"measurements", json::array()}, {"missing", json::array()}, {"kernels", json::array()}};
    for (const RnnResult& result : results) {
        for (const RnnRow& row : result.rows) {
            report["measurements"].push_back(row_json(result, row));
        }
        for (const KernelRow& row : result.kernels) {
            report["kernels"].push_back(kernel_json(result, row));
        }
        for (const MissingPeer& peer : result.missing) {
            report["missing"].push_back({{"case", result.rnn_case.name},
                                         {"threads", result.threads},
                                         {"peer", peer.name},
                                         {"why", peer.why}});
        }
    }
    return report;
}

} // namespace timeloom::bench
