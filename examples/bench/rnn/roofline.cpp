#include "roofline.hpp"

#include "../log_plot.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <numeric>

namespace timeloom::bench {

double memory_bandwidth() {
    constexpr std::size_t count = 64 << 20;
    const std::vector<float> values(count, 1.0f);
    double best = 0;
    for (int repetition = 0; repetition < 5; ++repetition) {
        const auto start = std::chrono::steady_clock::now();
        std::array<float, 64> sums{}; // independent ones, so that the loads are what it waits for
        for (std::size_t i = 0; i < count; i += sums.size()) {
            for (std::size_t k = 0; k < sums.size(); ++k) {
                sums[k] += values[i + k];
            }
        }
        static std::atomic<float> sink; // keeps the sums, and with them the loop
        sink.store(std::accumulate(sums.begin(), sums.end(), 0.0f), std::memory_order_relaxed);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        best = std::max(best, 4e-9 * static_cast<double>(count) / seconds.count());
    }
    return best;
}

void draw_roofline(const std::vector<RnnResult>& results, const std::filesystem::path& picture) {
    const double bandwidth = memory_bandwidth();
    double peak = 0;
    std::map<std::string, LogCurve> points;
    for (const RnnResult& result : results) {
        if (result.threads != 1) {
            continue;
        }
        peak = std::max(peak, result.peak_gflops);
        const double intensity = result.rnn_case.gflops() / result.rnn_case.gigabytes();
        for (const RnnRow& row : result.rows) {
            LogCurve& of_contender = points[row.contender.name];
            of_contender.name = row.contender.name;
            of_contender.is_line = false;
            of_contender.x.push_back(intensity);
            of_contender.y.push_back(result.rnn_case.gflops() / (1e-3 * row.milliseconds.min()));
        }
    }
    if (points.empty()) {
        return;
    }
    const double ridge = peak / bandwidth;
    LogPanel panel{"floating-point operations a byte", "GFLOP/s", {}};
    panel.curves.push_back({"measured peak and bandwidth",
                            {0.05, ridge, std::max(1000.0, 2 * ridge)},
                            {0.05 * bandwidth, peak, peak}});
    for (auto& [name, curve] : points) {
        panel.curves.push_back(std::move(curve));
    }
    plot_logarithmic(picture, "one thread, " + results.front().target + "; equal words counted each",
                     {panel});
}

} // namespace timeloom::bench
