// The networks that bench_rnn times.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::bench {

/// The IMDB classifier without its dropout: (batch, 80) token ids → (batch, 1) logits.
inline constexpr auto bench_imdb =
    dsl::sequential(dsl::input<80>(), dsl::embedding<10000, 100>(), dsl::lstm<64>(dsl::return_sequences),
                    dsl::lstm<64>(), dsl::dense<1>());

} // namespace timeloom::bench
