#include "rnn_report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
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

/// In the unit that gives it three digits before its point at most.
std::string time_text(double milliseconds) {
    char text[32];
    if (milliseconds < 1e-3) {
        std::snprintf(text, sizeof text, "%.1f ns", 1e6 * milliseconds);
    } else if (milliseconds < 1) {
        std::snprintf(text, sizeof text, "%.2f us", 1e3 * milliseconds);
    } else {
        std::snprintf(text, sizeof text, "%.2f ms", milliseconds);
    }
    return text;
}

/// Ours multiplies equal words once.
void print_words(const RnnCase& c) {
    std::vector<std::int32_t> words = c.drawn_tokens(c.batch * c.timesteps());
    const std::size_t all = words.size();
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    std::printf("  %s, %zu of %zu differ; GFLOP/s count the products of each\n",
                c.uniform_words ? "words that are all as frequent" : "words by Zipf's law", words.size(),
                all);
}

void print_kernels(const RnnResult& result) {
    std::printf("  %-18s %-23s %10s %9s %9s\n", "kernels of", "", "min", "GFLOP/s", "% of peak");
    for (const KernelRow& row : result.kernels) {
        std::printf("  %-18s %-23s %10s ", row.layer.c_str(), row.part.c_str(),
                    time_text(row.milliseconds).c_str());
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
    return {{"case", result.rnn_case.name},
            {"peer", row.contender.name},
            {"version", row.contender.version},
            {"settings", row.contender.settings},
            {"target", result.target},
            {"threads", result.threads},
            {"uniform_words", result.rnn_case.uniform_words},
            {"batch", result.rnn_case.batch},
            {"timesteps", result.rnn_case.timesteps()},
            {"min_ms", row.milliseconds.min()},
            {"median_ms", row.milliseconds.median()},
            {"gflops", gflops(result, row)},
            {"percent_of_peak", percent_of_peak(result, row)},
            {"error", row.error}};
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
    if (result.rnn_case.has_tokens()) {
        print_words(result.rnn_case);
    }
    std::printf("  %-24s %-10s %10s %10s %8s %8s %8s\n", "", "version", "min", "median", "GFLOP/s", "% peak",
                "x ours");
    const Samples& ours = result.rows.front().milliseconds;
    for (const RnnRow& row : result.rows) {
        std::printf("  %-24s %-10s %10s %10s %8.1f %8.1f %8.2f   %s", row.contender.name.c_str(),
                    row.contender.version.c_str(), time_text(row.milliseconds.min()).c_str(),
                    time_text(row.milliseconds.median()).c_str(), gflops(result, row),
                    percent_of_peak(result, row), row.milliseconds.min() / ours.min(),
                    row.contender.settings.c_str());
        if (result.rnn_case.work == Work::stream) {
            std::printf(", error %.1e", row.error);
        }
        std::printf("\n");
    }
    for (const MissingPeer& peer : result.missing) {
        std::printf("  %-24s missing: %s\n", peer.name.c_str(), peer.why.c_str());
    }
    if (!result.kernels.empty()) {
        print_kernels(result);
    }
    std::printf("\n");
    std::fflush(stdout);
}

void print_ratios(const std::vector<RnnResult>& results) {
    std::printf("%-22s %7s %10s %7s   %-24s %10s   %s\n", "min", "threads", "timeloom", "% peak", "best peer",
                "", "times as fast: min, median");
    for (const RnnResult& result : results) {
        const RnnRow& ours = result.rows.front();
        std::printf("%-22s %7zu %10s %7.1f", result.rnn_case.name.c_str(), result.threads,
                    time_text(ours.milliseconds.min()).c_str(), percent_of_peak(result, ours));
        if (const RnnRow* best = result.best_peer()) {
            std::printf("   %-24s %10s %6.2f %6.2f", best->contender.name.c_str(),
                        time_text(best->milliseconds.min()).c_str(),
                        best->milliseconds.min() / ours.milliseconds.min(),
                        best->milliseconds.median() / ours.milliseconds.median());
        }
        std::printf("\n");
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
