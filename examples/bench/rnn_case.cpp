#include "rnn_case.hpp"

#include "bench_bilstm.timeloom.hpp"
#include "bench_gru.timeloom.hpp"
#include "bench_gru_64.timeloom.hpp"
#include "bench_gru_step_1_16.timeloom.hpp"
#include "bench_gru_step_1_64.timeloom.hpp"
#include "bench_gru_step_64_64.timeloom.hpp"
#include "bench_lstm.timeloom.hpp"
#include "bench_lstm_16.timeloom.hpp"
#include "bench_lstm_256.timeloom.hpp"
#include "bench_lstm_512.timeloom.hpp"
#include "bench_lstm_64.timeloom.hpp"
#include "bench_lstm_step_1_16.timeloom.hpp"
#include "bench_lstm_step_1_64.timeloom.hpp"
#include "bench_lstm_step_64_64.timeloom.hpp"
#include "bench_rnn_classifier.timeloom.hpp"
#include "peer_case.hpp"
#include "rnn_models.hpp"

#include "timeloom/dsl/describe.hpp"
#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace timeloom::bench {

namespace {

using dsl::describe;

constexpr std::size_t steps_of_measurement = 2000;
/// Of a training of ours, whose end settles what steps have put off; peers take two steps.
constexpr std::size_t batches_of_measurement = 16, steps_of_peers = 2;

bool is_recurrent(const dsl::layer& layer) {
    return layer.kind == dsl::layer_kind::cell && !layer.cell.step.states.empty();
}

const dsl::layer& first_recurrent(const dsl::network& network) {
    return *std::ranges::find_if(network.layers, is_recurrent);
}

RnnCase step_case(const std::string& cell, const dsl::network& network, const KernelTable& kernels) {
    const dsl::layer& layer = network.layers[0];
    const std::string shape = std::to_string(layer.features) + "_" + std::to_string(layer.units);
    return {"step_" + cell + "_" + shape,
            "one step, batch 1, " + cell + " " + std::to_string(layer.features) + "→" +
                std::to_string(layer.units),
            Work::step,
            cell,
            1,
            1,
            network,
            &kernels,
            steps_of_measurement};
}

} // namespace

std::vector<RnnCase> rnn_cases() {
    const auto gru_layer = [](const char* name, const char* title, Work work) {
        return RnnCase{name, title, work, "gru", 128, 2, describe(bench_gru_64), &bench_gru_64_kernels};
    };
    const std::vector<RnnCase> cases{
        {"train_lstm", "training step, Embedding(10000,100), T=80, 2×LSTM 64, batch 128", Work::train, "lstm",
         128, 2, describe(bench_lstm), &bench_lstm_kernels, batches_of_measurement},
        {"train_gru", "training step, Embedding(10000,100), T=80, 2×GRU 64 (reset_after=false), batch 128",
         Work::train, "gru_before", 128, 2, describe(bench_gru), &bench_gru_kernels, batches_of_measurement},
        {"train_rnn", "training step, Embedding(10000,100), T=80, 2×SimpleRNN 64, batch 128", Work::train,
         "simple_rnn", 128, 2, describe(bench_rnn_classifier), &bench_rnn_classifier_kernels,
         batches_of_measurement},
        {"train_bilstm", "training step, Embedding(10000,128), T=200, BiLSTM 64, batch 128", Work::train,
         "lstm", 128, 2, describe(bench_bilstm), &bench_bilstm_kernels, batches_of_measurement},
        lstm_layer_case(Work::inference, 64, 128, 80),
        lstm_layer_case(Work::gradients, 64, 128, 80),
        gru_layer("gru_inference", "GRU layer 128×80×100→64, forward, all outputs", Work::inference),
        gru_layer("gru_gradients", "GRU layer 128×80×100→64, forward + backward", Work::gradients),
        {"classify_lstm", "classifier 2×LSTM 64, batch 1, 80 tokens", Work::inference, "lstm", 1, 1,
         describe(bench_lstm), &bench_lstm_kernels, 10},
        step_case("lstm", describe(bench_lstm_step_1_16), bench_lstm_step_1_16_kernels),
        step_case("lstm", describe(bench_lstm_step_1_64), bench_lstm_step_1_64_kernels),
        step_case("lstm", describe(bench_lstm_step_64_64), bench_lstm_step_64_64_kernels),
        step_case("gru", describe(bench_gru_step_1_16), bench_gru_step_1_16_kernels),
        step_case("gru", describe(bench_gru_step_1_64), bench_gru_step_1_64_kernels),
        step_case("gru", describe(bench_gru_step_64_64), bench_gru_step_64_64_kernels),
    };
    return cases;
}

RnnCase lstm_layer_case(Work work, int units, std::size_t batch, int timesteps) {
    const bool is_forward = work == Work::inference;
    RnnCase c{is_forward ? "lstm_inference" : "lstm_gradients",
              "LSTM layer " + std::to_string(batch) + "×" + std::to_string(timesteps) + "×100→" +
                  std::to_string(units) + (is_forward ? ", forward, all outputs" : ", forward + backward"),
              work,
              "lstm",
              batch,
              2,
              {},
              nullptr};
    switch (units) {
    case 16:
        c.network = describe(bench_lstm_16), c.kernels = &bench_lstm_16_kernels;
        break;
    case 64:
        c.network = describe(bench_lstm_64), c.kernels = &bench_lstm_64_kernels;
        break;
    case 256:
        c.network = describe(bench_lstm_256), c.kernels = &bench_lstm_256_kernels;
        break;
    case 512:
        c.network = describe(bench_lstm_512), c.kernels = &bench_lstm_512_kernels;
        break;
    default:
        throw Error("no kernels were generated for an LSTM layer of " + std::to_string(units) + " units");
    }
    // Kernels serve any number of time steps.
    c.network.inputs[0].timesteps = timesteps;
    c.network.layers[0].timesteps = timesteps;
    return c;
}

std::size_t RnnCase::inputs() const { return static_cast<std::size_t>(first_recurrent(network).features); }

std::vector<std::int32_t> RnnCase::drawn_tokens(std::size_t count) const {
    std::vector<std::int32_t> tokens(count);
    for (std::size_t i = 0; i < count; ++i) {
        tokens[i] = drawn_token(i, network.layers[0].features, uniform_words);
    }
    return tokens;
}

double RnnCase::gflops() const {
    double products = 0;
    for (const dsl::layer& layer : network.layers) {
        if (layer.kind == dsl::layer_kind::cell) {
            for (const dsl::matrix& m : layer.cell.step.matrices) {
                const bool reads_input = layer.cell.step.nodes[m.operand].kind == dsl::node_kind::input;
                products += static_cast<double>(layer.timesteps) * layer.units *
                            (reads_input ? layer.features : layer.units);
            }
        }
    }
    const int passes = work == Work::train || work == Work::gradients ? 3 : 1;
    return 2e-9 * passes * products * static_cast<double>(batch);
}

double RnnCase::gigabytes() const {
    const auto rows = static_cast<double>(batch);
    double values = rows * static_cast<double>(timesteps() * inputs()), parameters = 0;
    for (const dsl::layer& layer : network.layers) {
        values += rows * layer.output_timesteps() * layer.units;
        if (layer.kind == dsl::layer_kind::embedding) {
            parameters += work == Work::train ? static_cast<double>(layer.features) * layer.units : 0;
            continue;
        }
        for (const dsl::matrix& m : layer.cell.step.matrices) {
            const bool reads_input = layer.cell.step.nodes[m.operand].kind == dsl::node_kind::input;
            parameters += static_cast<double>(layer.units) * (reads_input ? layer.features : layer.units);
        }
    }
    switch (work) {
    case Work::train: // values, gradients, and two moments
        return 4e-9 * (2 * values + 8 * parameters);
    case Work::gradients:
        return 4e-9 * 2 * (values + parameters);
    default:
        return 4e-9 * (values + parameters);
    }
}

nlohmann::json described(const RnnCase& c) {
    constexpr const char* works[]{"train", "gradients", "inference", "step"};
    const dsl::layer& last = c.network.layers.back();
    const dsl::layer& recurrent = first_recurrent(c.network);
    const bool has_dense = !is_recurrent(last) && last.kind == dsl::layer_kind::cell;
    const bool bidirectional = std::ranges::any_of(c.network.layers, &dsl::layer::go_backwards);
    const auto directions = std::ranges::count_if(c.network.layers, is_recurrent);
    return {{"work", works[static_cast<int>(c.work)]},
            {"cell", c.cell},
            {"vocabulary", c.has_tokens() ? c.network.layers[0].features : 0},
            {"inputs", c.inputs()},
            {"units", recurrent.units},
            {"layers", bidirectional ? directions / 2 : directions},
            {"dense", has_dense ? last.units : 0},
            {"timesteps", c.timesteps()},
            {"batch", c.batch},
            {"repeat", c.work == Work::train ? steps_of_peers : c.repeat},
            {"bidirectional", bidirectional},
            {"uniform_words", c.uniform_words}};
}

} // namespace timeloom::bench
