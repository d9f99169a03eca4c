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
#include "peers/peer_case.hpp"
#include "streams/stream_cases.hpp"

#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace timeloom::bench {

namespace {

constexpr std::size_t steps_of_measurement = 2000;
/// A measurement trains on so many batches here, because the end of fit() makes postponed updates; peers take
/// two steps.
constexpr std::size_t batches_of_measurement = 16, steps_of_peers = 2;

bool is_recurrent(const plan::Layer& layer) { return !layer.cell.states.empty(); }

const plan::Layer& first_recurrent(const plan::Model& plan) {
    return *std::ranges::find_if(plan.layers, is_recurrent);
}

RnnCase step_case(const std::string& cell, const plan::Model& plan) {
    const plan::Layer& layer = plan.layers[0];
    const std::string shape = std::to_string(layer.features) + "_" + std::to_string(layer.units);
    return {"step_" + cell + "_" + shape,
            "one step, batch 1, " + cell + " " + std::to_string(layer.features) + "→" +
                std::to_string(layer.units),
            Work::step,
            cell,
            1,
            1,
            plan,
            steps_of_measurement};
}

} // namespace

std::vector<RnnCase> rnn_cases() {
    const auto gru_layer = [](const char* name, const char* title, Work work) {
        return RnnCase{name, title, work, "gru", 128, 2, bench_gru_64_plan};
    };
    std::vector<RnnCase> cases{
        {"train_lstm", "training step, Embedding(10000,100), T=80, 2×LSTM 64, batch 128", Work::train, "lstm",
         128, 2, bench_lstm_plan, batches_of_measurement},
        {"train_gru", "training step, Embedding(10000,100), T=80, 2×GRU 64 (reset_after=false), batch 128",
         Work::train, "gru_before", 128, 2, bench_gru_plan, batches_of_measurement},
        {"train_rnn", "training step, Embedding(10000,100), T=80, 2×SimpleRNN 64, batch 128", Work::train,
         "simple_rnn", 128, 2, bench_rnn_classifier_plan, batches_of_measurement},
        {"train_bilstm", "training step, Embedding(10000,128), T=200, BiLSTM 64, batch 128", Work::train,
         "lstm", 128, 2, bench_bilstm_plan, batches_of_measurement},
        lstm_layer_case(Work::inference, 64, 128, 80),
        lstm_layer_case(Work::gradients, 64, 128, 80),
        gru_layer("gru_inference", "GRU layer 128×80×100→64, forward, all outputs", Work::inference),
        gru_layer("gru_gradients", "GRU layer 128×80×100→64, forward + backward", Work::gradients),
        {"classify_lstm", "classifier 2×LSTM 64, batch 1, 80 tokens", Work::inference, "lstm", 1, 1,
         bench_lstm_plan, 10},
        step_case("lstm", bench_lstm_step_1_16_plan),
        step_case("lstm", bench_lstm_step_1_64_plan),
        step_case("lstm", bench_lstm_step_64_64_plan),
        step_case("gru", bench_gru_step_1_16_plan),
        step_case("gru", bench_gru_step_1_64_plan),
        step_case("gru", bench_gru_step_64_64_plan),
    };
    std::ranges::move(stream_cases(), std::back_inserter(cases));
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
              {}};
    const auto over_time = [&](const plan::Model& plan) {
        c.over_time = std::make_shared<plan::OverTime>(plan, timesteps);
        c.plan = c.over_time->model();
    };
    switch (units) {
    case 16:
        over_time(bench_lstm_16_plan);
        break;
    case 64:
        over_time(bench_lstm_64_plan);
        break;
    case 256:
        over_time(bench_lstm_256_plan);
        break;
    case 512:
        over_time(bench_lstm_512_plan);
        break;
    default:
        throw Error("no kernels were generated for an LSTM layer of " + std::to_string(units) + " units");
    }
    return c;
}

std::size_t RnnCase::inputs() const { return static_cast<std::size_t>(first_recurrent(plan).features); }

std::vector<std::int32_t> RnnCase::drawn_tokens(std::size_t count) const {
    std::vector<std::int32_t> tokens(count);
    for (std::size_t i = 0; i < count; ++i) {
        tokens[i] = drawn_token(i, plan.layers[0].features, uniform_words);
    }
    return tokens;
}

double RnnCase::gflops() const {
    double products = 0;
    for (const plan::Layer& layer : plan.layers) {
        if (layer.kind == plan::LayerKind::cell) {
            for (const plan::Product& product : layer.cell.products) {
                products += static_cast<double>(layer.timesteps) * layer.units * product.gates *
                            (product.reads_input() ? layer.features : layer.units);
            }
        }
    }
    const int passes = work == Work::train || work == Work::gradients ? 3 : 1;
    return 2e-9 * passes * products * static_cast<double>(batch);
}

double RnnCase::gigabytes() const {
    const auto rows = static_cast<double>(batch);
    double values = rows * static_cast<double>(timesteps() * inputs()), parameters = 0;
    for (const plan::Layer& layer : plan.layers) {
        values += rows * layer.output_timesteps() * layer.units;
        if (layer.kind == plan::LayerKind::embedding) {
            parameters += work == Work::train ? static_cast<double>(layer.features) * layer.units : 0;
            continue;
        }
        for (const plan::Product& product : layer.cell.products) {
            parameters += static_cast<double>(layer.units) * product.gates *
                          (product.reads_input() ? layer.features : layer.units);
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
    constexpr const char* works[]{"train", "gradients", "inference", "step", "stream"};
    const plan::Layer& last = c.plan.layers.back();
    const plan::Layer& recurrent = first_recurrent(c.plan);
    const bool has_dense = !is_recurrent(last) && last.kind == plan::LayerKind::cell;
    const bool bidirectional = std::ranges::any_of(c.plan.layers, &plan::Layer::go_backwards);
    const auto directions = std::ranges::count_if(c.plan.layers, is_recurrent);
    return {{"work", works[static_cast<int>(c.work)]},
            {"cell", c.cell},
            {"vocabulary", c.has_tokens() ? c.plan.layers[0].features : 0},
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
