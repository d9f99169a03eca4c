// One forecaster for each cell, alike in all else: from three days of an hourly series
// to what changes on the day after.
#pragma once

#include "cells.hpp"

namespace custom_cells {

inline constexpr int window = 72;
inline constexpr int horizon = 24;

constexpr auto forecaster(const auto& recurrent_layer) {
    return sequential(input<window, 1>(), recurrent_layer, dense<horizon>());
}

inline constexpr auto misprinted_forecaster = forecaster(recurrent<64>(misprinted_lstm));
inline constexpr auto peephole_forecaster = forecaster(recurrent<64>(peephole_lstm));
inline constexpr auto minimal_forecaster = forecaster(recurrent<64>(minimal_gated_unit));
inline constexpr auto coupled_forecaster = forecaster(recurrent<64>(coupled_gates_lstm));

inline constexpr auto lstm_forecaster = forecaster(lstm<64>());
inline constexpr auto gru_forecaster = forecaster(gru<64>());
inline constexpr auto gru_before_forecaster = forecaster(gru<64>(reset_after(false)));

} // namespace custom_cells
