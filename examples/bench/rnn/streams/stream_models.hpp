// Small models as they run in amplifiers and effects: one or two recurrent layers with a dense output.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::bench {

template <int Units>
constexpr auto lstm_stream = dsl::sequential(dsl::input<64, 1>(), dsl::lstm<Units>(dsl::return_sequences),
                                             dsl::dense<1>());
template <int Units>
constexpr auto lstm_lstm_stream = dsl::sequential(dsl::input<64, 1>(),
                                                  dsl::lstm<Units>(dsl::return_sequences),
                                                  dsl::lstm<Units>(dsl::return_sequences), dsl::dense<1>());
template <int Units>
constexpr auto gru_stream = dsl::sequential(dsl::input<64, 1>(), dsl::gru<Units>(dsl::return_sequences),
                                            dsl::dense<1>());
template <int Units>
constexpr auto gru_gru_stream = dsl::sequential(dsl::input<64, 1>(), dsl::gru<Units>(dsl::return_sequences),
                                                dsl::gru<Units>(dsl::return_sequences), dsl::dense<1>());

inline constexpr auto stream_lstm_1x8 = lstm_stream<8>;
inline constexpr auto stream_lstm_1x12 = lstm_stream<12>;
inline constexpr auto stream_lstm_1x16 = lstm_stream<16>;
inline constexpr auto stream_lstm_1x24 = lstm_stream<24>;
inline constexpr auto stream_lstm_2x8 = lstm_lstm_stream<8>;
inline constexpr auto stream_lstm_2x12 = lstm_lstm_stream<12>;
inline constexpr auto stream_lstm_2x16 = lstm_lstm_stream<16>;
inline constexpr auto stream_gru_1x8 = gru_stream<8>;
inline constexpr auto stream_gru_1x12 = gru_stream<12>;
inline constexpr auto stream_gru_1x16 = gru_stream<16>;
inline constexpr auto stream_gru_1x24 = gru_stream<24>;
inline constexpr auto stream_gru_2x8 = gru_gru_stream<8>;
inline constexpr auto stream_gru_2x12 = gru_gru_stream<12>;
inline constexpr auto stream_gru_2x16 = gru_gru_stream<16>;

} // namespace timeloom::bench
