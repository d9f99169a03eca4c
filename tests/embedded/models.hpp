// Models that tests link with their weights.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

/// Learned from recordings, it makes a sample of each sample.
inline constexpr auto amp = sequential(input<32, 1>(), lstm<16>(return_sequences), dense<1>());

/// All layers that need the whole sequence, over two inputs of which one is ragged.
inline constexpr auto everything = functional(
    named<"x">(input<12, 4>(ragged)), named<"m">(masking(-1.0f)),
    named<"both">(bidirectional(gru<4>(return_sequences, reset_after(false)), merge::none)),
    named<"a">(forward_of<"both">()), named<"b">(backward_of<"both">()), named<"sum">(add<"a", "b">()),
    named<"stack">(stacked_cells(lstm<4>(), gru<4>(return_sequences), go_backwards), reads<"sum">),
    named<"c">(return_state<"stack", "c", 0>()), named<"norm">(layer_normalization(1e-3), reads<"stack">),
    named<"pool">(average_pooling1d<2, 2>()), named<"top">(max_pooling1d<2, 2>(same_padding), reads<"norm">),
    named<"joined">(concatenate<"pool", "top">()), named<"later">(concatenate<"joined", "joined">(axis<1>)),
    named<"steps">(time_distributed(dense<4>())), named<"act">(activation(tanh)),
    named<"peak">(global_max_pooling1d()), named<"mean">(global_average_pooling1d(), reads<"act">),
    named<"less">(subtract<"peak", "mean">()), named<"words">(input<5>()),
    named<"looked_up">(embedding<9, 3>(mask_zero)), named<"read">(lstm<4>(), initial_state<"c", "less">),
    named<"more">(multiply<"less", "read">()), named<"mid">(average<"more", "c">()), dropout(0.1),
    repeat_vector<3>(), flatten(), dense<3>(), softmax);

} // namespace timeloom::tests
