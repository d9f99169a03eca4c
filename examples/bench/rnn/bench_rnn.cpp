// Times recurrent networks beside other libraries, in rounds that take turns.
#include "../cpu_target.hpp"
#include "fma_peak.hpp"
#include "footprint.hpp"
#include "growth.hpp"
#include "rnn_contest.hpp"
#include "roofline.hpp"
#include "streams/jitter.hpp"
#include "streams/stream_report.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <malloc.h>

using namespace timeloom;
using namespace timeloom::bench;

namespace {

struct Options {
    std::vector<std::size_t> threads{1, 2};
    std::vector<std::string> cases;
    std::vector<std::string> peers;
    ContestOptions contest{.target = kernel_target()};
    RnnPeerPlaces places{TIMELOOM_SOURCE_DIR "/.venv-peers/bin/python", {}};
    std::string json, roofline, growth, streams, jitter;
    long jitter_steps = 10'000'000;
    bool footprint = false, uniform_words = false;
};

bool holds(const std::string& name, const std::string& part) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    return std::search(name.begin(), name.end(), part.begin(), part.end(), same) != name.end() ||
           part.empty();
}

/// True if a name holds one of the parts asked for, or all are.
bool is_wanted(const std::vector<std::string>& parts, const std::string& name) {
    return parts.empty() ||
           std::ranges::any_of(parts, [&](const std::string& part) { return holds(name, part); });
}

/// Throws Error for a part that no name holds; "none" may stand for nobody.
template <class Things>
void require_known(const std::vector<std::string>& parts, const Things& things, const char* option) {
    for (const std::string& part : parts) {
        if (part != "none" &&
            std::ranges::none_of(things, [&](const auto& t) { return holds(t.name, part); })) {
            throw Error(std::string(option) + ": there is no " + part);
        }
    }
}

std::vector<RnnPeer> wanted_peers(const Options& options) {
    std::vector<RnnPeer> peers = rnn_peers(options.places);
    require_known(options.peers, peers, "--peers");
    require_known(options.cases, rnn_cases(), "--cases"); // "none" for --jitter alone
    std::erase_if(peers, [&](const RnnPeer& peer) { return !is_wanted(options.peers, peer.name); });
    return peers;
}

void write_json(const nlohmann::json& report, const std::string& path) {
    write_file_atomically(path, report.dump(1) + '\n');
}

std::vector<RnnCase> cases_of(const Options& options) {
    std::vector<RnnCase> cases = rnn_cases();
    for (RnnCase& c : cases) {
        c.uniform_words = options.uniform_words;
    }
    return cases;
}

void report_streams(const std::vector<RnnResult>& results, const std::string& picture) {
    const std::vector<StreamRow> rows = stream_rows(results);
    if (!rows.empty()) {
        print_streams(rows);
    }
    if (!picture.empty()) {
        draw_streams(rows, picture);
    }
}

void run_all(const Options& options) {
    force_target(options.contest.target);
    const std::vector<RnnPeer> peers = wanted_peers(options);
    nlohmann::json footprint;
    if (options.footprint) {
        footprint = measure_footprint(rnn_cases().front(), peers,
                                      options.places.programs / "bench_inference_program");
    }
    std::vector<RnnResult> results;
    for (const RnnCase& c : cases_of(options)) {
        for (const std::size_t threads : options.threads) {
            if (threads > c.max_threads || !is_wanted(options.cases, c.name)) {
                continue;
            }
            print_result(results.emplace_back(hold_contest(c, threads, peers, options.contest)));
            if (!options.json.empty()) {
                write_json(rnn_report_json(results), options.json); // so far
            }
        }
    }
    print_ratios(results);
    report_streams(results, options.streams);
    if (!options.jitter.empty()) {
        measure_jitter(peers, options.contest.target, options.jitter_steps, options.jitter);
    }
    if (!options.roofline.empty()) {
        draw_roofline(results, options.roofline);
    }
    if (!options.growth.empty()) {
        std::ranges::move(measure_growth(peers, options.contest, options.growth),
                          std::back_inserter(results));
    }
    if (!options.json.empty()) {
        nlohmann::json report = rnn_report_json(results);
        report["footprint"] = footprint;
        write_json(report, options.json);
    }
}

/// As in the peers' processes, see rnn_peers.cpp: freed memory stays.
void keep_memory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 256 << 20);
}

} // namespace

int main(int argc, char** argv) {
    keep_memory();
    Options options;
    options.places.programs = std::filesystem::absolute(argv[0]).parent_path();
    CLI::App app("Times recurrent networks beside other libraries.");
    app.option_defaults()->always_capture_default();
    app.add_option("--threads", options.threads, "threads of everyone, one measurement for each number")
        ->check(CLI::PositiveNumber);
    app.add_option("--cases", options.cases, "only cases with one of these in their names");
    app.add_option("--peers", options.peers, "only peers with one of these in their names, or none");
    app.add_option("--target", options.contest.target, "avx512, or avx2 to keep everyone to that");
    app.add_option("--rounds", options.contest.rounds, "rounds, in each of which everyone has a turn")
        ->check(CLI::PositiveNumber);
    app.add_option("--count", options.contest.count, "measurements of a turn")->check(CLI::PositiveNumber);
    app.add_flag("--kernels", options.contest.kernels, "also time our kernels one by one");
    app.add_flag("--uniform-words", options.uniform_words, "all words as frequent, instead of by Zipf's law");
    app.add_flag("--footprint", options.footprint, "also measure memory and the size of a program");
    app.add_option("--peer-python", options.places.python, "Python that has the peers' packages");
    app.add_option("--peer-programs", options.places.programs, "folder of the peers in C++");
    app.add_option("--json", options.json, "write the results to this file, too");
    app.add_option("--roofline", options.roofline, "draw the cases under the processor's limits, as SVG");
    app.add_option("--streams", options.streams, "draw the small models that run as streams, as SVG");
    app.add_option("--jitter", options.jitter,
                   "also time single steps of a stream, and draw how they spread, as SVG");
    app.add_option("--jitter-steps", options.jitter_steps, "steps of everyone for that")
        ->check(CLI::PositiveNumber);
    app.add_option("--growth", options.growth,
                   "also time how cost grows with time steps, rows and units, and draw it, as SVG");
    CLI11_PARSE(app, argc, argv);
    try {
        run_all(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_rnn: %s\n", error.what());
        return 1;
    }
    return 0;
}
