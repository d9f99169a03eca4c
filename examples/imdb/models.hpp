// Models that tell a positive film review from a negative one.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace imdb {

using namespace timeloom::dsl;

inline constexpr int words = 10'000;
inline constexpr int tokens = 80;

inline constexpr auto lstm_layer = sequential( //
    input<tokens>(),                           //
    embedding<words, 100>(),                   //
    lstm<64>(return_sequences, dropout(0.5)),  //
    lstm<64>(dropout(0.5)),                    //
    dense<1>(sigmoid));

} // namespace imdb
