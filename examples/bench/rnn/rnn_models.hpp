// The networks that bench_rnn times. Batches have 128 rows, but for single steps and the classifier.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::bench {

using dsl::input;
using dsl::return_sequences;

// ---- Classifiers: (batch, 80 or 200) token ids → (batch, 1) logits ----

inline constexpr auto bench_lstm =
    dsl::sequential(input<80>(), dsl::embedding<10000, 100>(), dsl::lstm<64>(return_sequences),
                    dsl::lstm<64>(), dsl::dense<1>());
inline constexpr auto bench_gru = dsl::sequential(input<80>(), dsl::embedding<10000, 100>(),
                                                  dsl::gru<64>(dsl::reset_after(false), return_sequences),
                                                  dsl::gru<64>(dsl::reset_after(false)), dsl::dense<1>());
inline constexpr auto bench_rnn_classifier =
    dsl::sequential(input<80>(), dsl::embedding<10000, 100>(), dsl::simple_rnn<64>(return_sequences),
                    dsl::simple_rnn<64>(), dsl::dense<1>());
inline constexpr auto bench_bilstm = dsl::sequential(input<200>(), dsl::embedding<10000, 128>(),
                                                     dsl::bidirectional(dsl::lstm<64>()), dsl::dense<1>());

// ---- One layer: (batch, 80, 100) → (batch, 80, units). The number of time steps may be changed ----

template <int Units>
constexpr auto lstm_layer = dsl::sequential(input<80, 100>(), dsl::lstm<Units>(return_sequences));

inline constexpr auto bench_lstm_16 = lstm_layer<16>;
inline constexpr auto bench_lstm_64 = lstm_layer<64>;
inline constexpr auto bench_lstm_256 = lstm_layer<256>;
inline constexpr auto bench_lstm_512 = lstm_layer<512>;
inline constexpr auto bench_gru_64 = dsl::sequential(input<80, 100>(), dsl::gru<64>(return_sequences));

// ---- One step, which keeps its states: (1, 1, inputs) → (1, units) ----

template <int Inputs, int Units>
constexpr auto lstm_step = dsl::sequential(input<1, Inputs>(), dsl::lstm<Units>(dsl::stateful));
template <int Inputs, int Units>
constexpr auto gru_step = dsl::sequential(input<1, Inputs>(), dsl::gru<Units>(dsl::stateful));

inline constexpr auto bench_lstm_step_1_16 = lstm_step<1, 16>;
inline constexpr auto bench_lstm_step_1_64 = lstm_step<1, 64>;
inline constexpr auto bench_lstm_step_64_64 = lstm_step<64, 64>;
inline constexpr auto bench_gru_step_1_16 = gru_step<1, 16>;
inline constexpr auto bench_gru_step_1_64 = gru_step<1, 64>;
inline constexpr auto bench_gru_step_64_64 = gru_step<64, 64>;

} // namespace timeloom::bench
