// Times training steps of recurrent networks beside other libraries, in rounds that take turns.
#include "fma_peak.hpp"
#include "kernel_report.hpp"
#include "peer_process.hpp"
#include "training_case.hpp"

#include "timeloom/runtime/error.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>

using namespace timeloom;
using namespace timeloom::bench;

namespace {

struct Options {
    std::vector<std::size_t> threads{1, 2};
    int rounds = 12;
    int steps = 8;
    std::string peer_python = TIMELOOM_SOURCE_DIR "/.venv-peers/bin/python";
    std::string json;
};

/// Another library, and how to get hold of it; throws Error where it is missing.
struct Peer {
    std::string name;
    std::function<Contender(const TrainingCase&, std::size_t threads)> start;
};

std::vector<Peer> all_peers(const Options& options) {
    const auto python = [&](const std::string& name, const std::string& script) {
        const PeerProgram program{options.peer_python, TIMELOOM_SOURCE_DIR "/examples/bench/" + script};
        return Peer{name, [=](const TrainingCase& c, std::size_t threads) {
                        return start_peer(name, program, c.name, threads);
                    }};
    };
    return {python("PyTorch", "peer_torch.py")};
}

struct Competitor {
    Contender contender;
    Samples milliseconds;
};

/// Timeloom and the peers that are there, warmed up.
std::vector<Competitor> start_all(const TrainingCase& c, std::size_t threads, const Options& options,
                                  nlohmann::json& missing) {
    std::vector<Competitor> competitors{{start_timeloom(c, threads), {}}};
    competitors.front().contender.run(options.steps); // warm-up
    for (const Peer& peer : all_peers(options)) {
        try {
            const Contender contender = peer.start(c, threads);
            contender.run(options.steps);
            competitors.push_back({contender, {}});
        } catch (const Error& error) {
            std::printf("  %-10s missing: %s\n", peer.name.c_str(), error.what());
            missing.push_back(
                {{"case", c.name}, {"peer", peer.name}, {"threads", threads}, {"why", error.what()}});
        }
    }
    return competitors;
}

void print_steps(const std::vector<Competitor>& competitors) {
    const double ours_min = competitors.front().milliseconds.min();
    const double ours_median = competitors.front().milliseconds.median();
    std::printf("  %-10s %-14s %9s %9s   %s\n", "step of", "version", "min ms", "median ms",
                "times timeloom's (min, median)");
    for (const auto& [contender, milliseconds] : competitors) {
        std::printf("  %-10s %-14s %9.3f %9.3f   %5.2f %5.2f   %s\n", contender.name.c_str(),
                    contender.version.c_str(), milliseconds.min(), milliseconds.median(),
                    milliseconds.min() / ours_min, milliseconds.median() / ours_median,
                    contender.settings.c_str());
    }
}

void print_kernels(const std::vector<KernelRow>& rows, double peak, double step) {
    std::printf("  %-14s %-23s %9s %9s %12s   (peak of one core: %.1f GFLOP/s)\n", "kernels of", "", "min ms",
                "GFLOP/s", "% of peak", peak);
    double kernels = 0;
    for (const KernelRow& row : rows) {
        std::printf("  %-14s %-23s %9.3f ", row.layer.c_str(), row.part.c_str(), row.milliseconds);
        if (row.gflops > 0) {
            std::printf("%9.1f %12.1f", row.gflops, 100 * row.gflops / peak);
        }
        std::printf("\n");
        kernels += row.is_sum ? 0 : row.milliseconds;
    }
    std::printf("  %-38s %9.3f\n", "all else in a step", step - kernels);
}

void run_case(const TrainingCase& c, std::size_t threads, const Options& options, nlohmann::json& report) {
    std::printf("%s, batch %zu, %zu thread%s\n", c.name.c_str(), c.batch, threads, threads == 1 ? "" : "s");
    std::fflush(stdout);
    std::vector<Competitor> competitors = start_all(c, threads, options, report["missing"]);
    KernelReport kernels(c, threads);
    kernels.run(1);
    double peak = 0;
    for (int round = 0; round < options.rounds; ++round) {
        peak = std::max(peak, fma_peak_per_core(threads));
        for (auto& [contender, milliseconds] : competitors) {
            milliseconds.add(contender.run(options.steps));
        }
        kernels.run(options.steps);
    }

    print_steps(competitors);
    print_kernels(kernels.rows(), peak, competitors.front().milliseconds.min());
    std::printf("\n");
    for (const auto& [contender, milliseconds] : competitors) {
        report["steps"].push_back({{"case", c.name},
                                   {"peer", contender.name},
                                   {"version", contender.version},
                                   {"settings", contender.settings},
                                   {"target", kernel_target()},
                                   {"threads", threads},
                                   {"min_ms", milliseconds.min()},
                                   {"median_ms", milliseconds.median()}});
    }
    for (const KernelRow& row : kernels.rows()) {
        report["kernels"].push_back({{"case", c.name},
                                     {"layer", row.layer},
                                     {"part", row.part},
                                     {"target", kernel_target()},
                                     {"threads", threads},
                                     {"min_ms", row.milliseconds},
                                     {"gflops", row.gflops},
                                     {"peak_gflops", peak},
                                     {"percent_of_peak", 100 * row.gflops / peak}});
    }
}

void run_all(const Options& options) {
    nlohmann::json report{{"steps", nlohmann::json::array()},
                          {"kernels", nlohmann::json::array()},
                          {"missing", nlohmann::json::array()}};
    for (const TrainingCase& c : training_cases()) {
        for (const std::size_t threads : options.threads) {
            run_case(c, threads, options, report);
        }
    }
    if (!options.json.empty()) {
        std::ofstream file(options.json);
        file << report.dump(2) << '\n';
        if (!file.flush()) {
            throw Error("could not write the results to " + options.json);
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Times training steps of recurrent networks beside other libraries.");
    app.option_defaults()->always_capture_default();
    app.add_option("--threads", options.threads, "threads of everyone, one measurement for each number")
        ->check(CLI::PositiveNumber);
    app.add_option("--rounds", options.rounds, "rounds, in each of which everyone has a turn")
        ->check(CLI::PositiveNumber);
    app.add_option("--steps", options.steps, "training steps of a turn")->check(CLI::PositiveNumber);
    app.add_option("--peer-python", options.peer_python, "Python that has the peers' packages");
    app.add_option("--json", options.json, "write the results to this file, too");
    CLI11_PARSE(app, argc, argv);
    try {
        run_all(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_rnn: %s\n", error.what());
        return 1;
    }
    return 0;
}
