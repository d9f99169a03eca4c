// One recurrent layer each, whose cell the program drives step by step.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace vanishing {

using namespace timeloom::dsl;

inline constexpr int timesteps = 100;
inline constexpr int units = 32;

inline constexpr auto rnn = sequential(input<timesteps, 1>(), simple_rnn<units>());
inline constexpr auto lstm_network = sequential(input<timesteps, 1>(), lstm<units>());
inline constexpr auto gru_network = sequential(input<timesteps, 1>(), gru<units>());

} // namespace vanishing
