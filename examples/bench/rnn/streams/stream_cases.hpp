// The cases of bench_rnn that run small models as streams.
#pragma once

#include "../rnn_case.hpp"

namespace timeloom::bench {

/// Each model step by step, in blocks of 64 samples, and in one of 2048; a measurement is over 2048 samples.
std::vector<RnnCase> stream_cases();

} // namespace timeloom::bench
