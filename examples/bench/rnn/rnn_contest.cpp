#include "rnn_contest.hpp"

#include "fma_peak.hpp"
#include "streams/stream_reference.hpp"

#include "timeloom/runtime/error.hpp"

#include <cmath>
#include <optional>

namespace timeloom::bench {

namespace {

bool near(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

std::string listed(const std::vector<double>& numbers) {
    std::string text;
    for (const double number : numbers) {
        char digits[32];
        std::snprintf(digits, sizeof digits, " %.6g", number);
        text += digits;
    }
    return text;
}

/// Throws Error unless a contender's numbers are ours. Losses must begin alike and then fall alike: libraries
/// with two biases of each gate train twice as fast there.
void require_same_work(const RnnCase& c, const Contender& ours, const Contender& other) {
    const std::vector<double>&a = ours.check, &b = other.check;
    if (b.empty()) {
        return;
    }
    bool same = a.size() == b.size();
    if (same && c.work == Work::train) {
        same = near(a.front(), b.front(), 1e-4) && near(a.front() - a.back(), b.front() - b.back(), 0.3);
    } else {
        const auto same_number = [&](double x, double y) {
            return c.work == Work::stream ? std::abs(x - y) < 1e-2 : near(x, y, 1e-3);
        };
        for (std::size_t i = 0; same && i < a.size(); ++i) {
            same = same_number(a[i], b[i]);
        }
    }
    if (!same) {
        throw Error("computes something else" +
                    (c.work == Work::stream ? "" : ":" + listed(b) + " instead of" + listed(a)));
    }
}

void start_all(RnnResult& result, const std::vector<RnnPeer>& peers, int count) {
    const RnnCase& c = result.rnn_case;
    result.rows.push_back({start_timeloom(c, result.threads)});
    result.rows.front().contender.run(count); // warm-up
    for (const RnnPeer& peer : peers) {
        if (peer.is_of_streams != (c.work == Work::stream)) {
            continue;
        }
        if (const std::string why = peer.why_not(c, result.target); !why.empty()) {
            result.missing.push_back({peer.name, why});
            continue;
        }
        try {
            Contender contender = peer.start(c, result.threads, result.target);
            require_same_work(c, result.rows.front().contender, contender);
            result.rows.push_back({std::move(contender)});
        } catch (const Error& error) {
            result.missing.push_back({peer.name, error.what()});
        }
    }
}

void compare_with_double(RnnResult& result) {
    const std::vector<double> reference = stream_reference(result.rnn_case);
    for (RnnRow& row : result.rows) {
        row.error = largest_difference(row.contender.check, reference);
    }
}

} // namespace

RnnResult hold_contest(const RnnCase& c, std::size_t threads, const std::vector<RnnPeer>& peers,
                       const ContestOptions& options) {
    RnnResult result{c, threads, options.target};
    start_all(result, peers, options.count);
    if (c.work == Work::stream) {
        compare_with_double(result);
    }
    std::optional<KernelReport> kernels;
    if (options.kernels) {
        kernels.emplace(result.rnn_case, threads);
    }
    for (int round = 0; round < options.rounds; ++round) {
        result.peak_gflops = std::max(result.peak_gflops, fma_peak_per_core(threads));
        for (RnnRow& row : result.rows) {
            row.milliseconds.add(row.contender.run(options.count));
        }
        if (kernels) {
            kernels->run(options.count);
        }
    }
    if (kernels) {
        result.kernels = kernels->rows();
    }
    for (RnnRow& row : result.rows) {
        row.contender.run = {}; // ends its process
    }
    return result;
}

} // namespace timeloom::bench
