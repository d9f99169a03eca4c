// bench_ranks: training steps per second of the ranks of an mpirun, beside what a fixed number of parts costs
// one process: mpirun -n 2 bench_ranks --threads 1.
#include "bench_bilstm.timeloom.hpp"
#include "bench_gru_64.timeloom.hpp"
#include "bench_lstm.timeloom.hpp"
#include "bench_rnn_classifier.timeloom.hpp"
#include "peers/peer_case.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/mpi/communicator.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

namespace {

using namespace timeloom;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Counts what goes through another one, and how long it takes, waiting for slower ranks included.
class CountingCommunicator final : public Communicator {
  public:
    explicit CountingCommunicator(Communicator& other) : other_(other) {}
    std::size_t rank() const override { return other_.rank(); }
    std::size_t size() const override { return other_.size(); }
    std::vector<std::vector<std::byte>> all_gather(std::span<const std::byte> given) override {
        const Clock::time_point start = Clock::now();
        auto gathered = other_.all_gather(given);
        bytes += given.size() * (size() - 1);
        seconds += seconds_since(start);
        return gathered;
    }
    void exchange(std::span<const std::span<const std::byte>> sent,
                  std::span<const std::span<std::byte>> received) override {
        const Clock::time_point start = Clock::now();
        other_.exchange(sent, received);
        for (std::size_t to = 0; to < size(); ++to) {
            bytes += to == rank() ? 0 : sent[to].size();
        }
        seconds += seconds_since(start);
    }

    std::size_t bytes = 0; ///< sent
    double seconds = 0;

  private:
    Communicator& other_;
};

struct Options {
    std::string network = "lstm";
    std::size_t threads = 1, parts = parts_of_ranks, batch = 128, steps = 16, rounds = 5;
    static constexpr std::size_t parts_of_ranks = 8;
};

const plan::Model& plan_of(const std::string& network) {
    const std::map<std::string, const plan::Model*> plans{{"lstm", &bench_lstm_plan},
                                                          {"rnn", &bench_rnn_classifier_plan},
                                                          {"bilstm", &bench_bilstm_plan},
                                                          {"gru_layer", &bench_gru_64_plan}};
    const auto found = plans.find(network);
    if (found == plans.end()) {
        throw Error("there is no network " + network + "; there are lstm, rnn, bilstm and gru_layer");
    }
    return *found->second;
}

/// Words drawn by Zipf's law, or vectors; targets by turns.
struct Data {
    Data(const plan::Model& plan, std::size_t rows) {
        const plan::Input& input = plan.inputs[0];
        const auto steps = static_cast<std::size_t>(input.timesteps);
        if (input.features == 0) {
            words = {rows, steps, std::vector<std::int32_t>(rows * steps)};
            for (std::size_t i = 0; i < words.values.size(); ++i) {
                words.values[i] = bench::drawn_token(i, plan.layers[0].features, false);
            }
        } else {
            vectors = Tensor({rows, steps, static_cast<std::size_t>(input.features)});
            std::ranges::copy(bench::drawn_values(bench::input_stream, vectors.size(), 1), vectors.data());
        }
        const auto units = static_cast<std::size_t>(plan.layers.back().units);
        y = plan.outputs_sequence() ? Tensor({rows, steps, units}) : Tensor({rows, units});
        for (std::size_t i = 0; i < y.size(); i += 2) {
            y.data()[i] = 1;
        }
    }
    Inputs x() const { return words.rows == 0 ? Inputs(vectors) : Inputs(words); }

    TokenMatrix words{};
    Tensor vectors, y;
};

void measure(const Options& options) {
    mpi::Communicator world;
    CountingCommunicator counter(world);
    const plan::Model& plan = plan_of(options.network);
    Model model(plan, {.seed = 1,
                       .threads = options.threads,
                       .batch_parts = options.parts,
                       .communicator = options.parts == 0 ? nullptr : &counter});
    model.compile(Adam{}, Loss::mean_squared_error);
    const Data data(plan, options.batch * options.steps);
    std::vector<double> seconds;
    const auto steps = static_cast<double>(options.steps);
    for (std::size_t round = 0; round <= options.rounds; ++round) {
        counter.bytes = 0;
        counter.seconds = 0;
        const History history = model.fit(data.x(), data.y, {.epochs = 1, .batch_size = options.batch});
        if (round != 0) { // the first one warms up
            seconds.push_back(history[0].seconds / steps);
        }
    }
    std::ranges::sort(seconds);
    const double fastest = seconds.front(), median = seconds[seconds.size() / 2];
    if (world.rank() == 0) {
        std::printf(
            "%s, batch %zu in %zu parts, %zu ranks of %zu threads: %.2f ms a step (median %.2f), %.1f "
            "steps/s; a step of a rank sends %.0f KB and is %.2f ms in exchange\n",
            options.network.c_str(), options.batch, options.parts, world.size(), options.threads,
            fastest * 1e3, median * 1e3, 1 / fastest, static_cast<double>(counter.bytes) / steps / 1e3,
            counter.seconds / steps * 1e3);
    }
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Times training steps on the ranks of an mpirun.");
    app.add_option("--network", options.network, "lstm, rnn, bilstm or gru_layer")->capture_default_str();
    app.add_option("--threads", options.threads, "of each rank")->capture_default_str();
    app.add_option("--parts", options.parts, "of a batch; 0: as many as threads, on one rank")
        ->capture_default_str();
    app.add_option("--batch", options.batch, "rows of a batch")->capture_default_str();
    app.add_option("--steps", options.steps, "of a measurement")->capture_default_str();
    app.add_option("--rounds", options.rounds, "measurements")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        measure(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_ranks: %s\n", error.what());
        return 1;
    }
}
