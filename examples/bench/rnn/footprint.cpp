#include "footprint.hpp"

#include "../resident_memory.hpp"
#include "rnn_timeloom.hpp"

#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace timeloom::bench {

namespace {

constexpr int steps = 5;

/// In a child process, so that nothing else of this program counts.
long timeloom_growth_kib(const RnnCase& c) {
    int ends[2];
    if (pipe(ends) != 0) {
        throw Error("could not make a pipe to measure memory with");
    }
    const pid_t child = fork();
    if (child == 0) {
        const long before = resident_kib("VmRSS");
        TimeloomRun run(c, c.plan, 1);
        run.run(steps);
        const long growth = resident_kib("VmHWM") - before;
        const bool written = write(ends[1], &growth, sizeof growth) == sizeof growth;
        _exit(written ? 0 : 1);
    }
    close(ends[1]);
    long growth = 0;
    const bool answered = child > 0 && read(ends[0], &growth, sizeof growth) == sizeof growth;
    close(ends[0]);
    waitpid(child, nullptr, 0);
    if (!answered) {
        throw Error("the process that measures memory gave no answer");
    }
    return growth;
}

} // namespace

nlohmann::json measure_footprint(const RnnCase& c, const std::vector<RnnPeer>& peers,
                                 const std::filesystem::path& inference_program) {
    nlohmann::json report{{"memory", nlohmann::json::array()}};
    const auto add = [&](const std::string& name, long kib) {
        std::printf("  %-16s %8.1f MiB\n", name.c_str(), static_cast<double>(kib) / 1024);
        report["memory"].push_back({{"case", c.name}, {"peer", name}, {"peak_growth_kib", kib}});
    };
    std::printf("memory that a training takes, %s, one thread\n", c.title.c_str());
    add("timeloom", timeloom_growth_kib(c));
    for (const RnnPeer& peer : peers) {
        if (!peer.tells_memory) {
            continue;
        }
        try {
            add(peer.name, peer.growth_kib(c, steps));
        } catch (const Error& error) {
            std::printf("  %-16s missing: %s\n", peer.name.c_str(), error.what());
        }
    }
    std::error_code error;
    const auto bytes = std::filesystem::file_size(inference_program, error);
    if (!error) {
        std::printf("a program that only classifies, stripped: %.0f KiB\n",
                    static_cast<double>(bytes) / 1024);
        report["program_bytes"] = bytes;
    }
    std::printf("\n");
    return report;
}

} // namespace timeloom::bench
