#include "stream_cases.hpp"

#include "../peers/peer_case.hpp"

#include "stream_gru_1x12.timeloom.hpp"
#include "stream_gru_1x16.timeloom.hpp"
#include "stream_gru_1x24.timeloom.hpp"
#include "stream_gru_1x8.timeloom.hpp"
#include "stream_gru_2x12.timeloom.hpp"
#include "stream_gru_2x16.timeloom.hpp"
#include "stream_gru_2x8.timeloom.hpp"
#include "stream_lstm_1x12.timeloom.hpp"
#include "stream_lstm_1x16.timeloom.hpp"
#include "stream_lstm_1x24.timeloom.hpp"
#include "stream_lstm_1x8.timeloom.hpp"
#include "stream_lstm_2x12.timeloom.hpp"
#include "stream_lstm_2x16.timeloom.hpp"
#include "stream_lstm_2x8.timeloom.hpp"

#include <array>

namespace timeloom::bench {

namespace {

constexpr std::array<int, 3> blocks{1, 64, 2048};

RnnCase stream_case(const std::string& cell, int layers, const plan::Model& plan, int block) {
    const auto over_time = std::make_shared<plan::OverTime>(plan, block);
    const std::string shape = std::to_string(layers) + "x" + std::to_string(plan.layers[0].units);
    RnnCase c{"stream_" + cell + "_" + shape + "_" + std::to_string(block),
              "stream of " + std::to_string(layers) + "×" + (cell == "lstm" ? "LSTM " : "GRU ") +
                  std::to_string(plan.layers[0].units) + ", dense 1, " +
                  (block == 1 ? "step by step" : "blocks of " + std::to_string(block) + " samples"),
              Work::stream,
              cell,
              1,
              1,
              over_time->model(),
              static_cast<std::size_t>(stream_samples / block)};
    c.over_time = over_time;
    return c;
}

} // namespace

std::vector<RnnCase> stream_cases() {
    std::vector<RnnCase> cases;
    const auto add = [&](const char* cell, int layers, const plan::Model& plan) {
        for (const int block : blocks) {
            cases.push_back(stream_case(cell, layers, plan, block));
        }
    };
    add("lstm", 1, stream_lstm_1x8_plan);
    add("lstm", 1, stream_lstm_1x12_plan);
    add("lstm", 1, stream_lstm_1x16_plan);
    add("lstm", 1, stream_lstm_1x24_plan);
    add("lstm", 2, stream_lstm_2x8_plan);
    add("lstm", 2, stream_lstm_2x12_plan);
    add("lstm", 2, stream_lstm_2x16_plan);
    add("gru", 1, stream_gru_1x8_plan);
    add("gru", 1, stream_gru_1x12_plan);
    add("gru", 1, stream_gru_1x16_plan);
    add("gru", 1, stream_gru_1x24_plan);
    add("gru", 2, stream_gru_2x8_plan);
    add("gru", 2, stream_gru_2x12_plan);
    add("gru", 2, stream_gru_2x16_plan);
    return cases;
}

} // namespace timeloom::bench
