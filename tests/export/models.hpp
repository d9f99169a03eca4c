// Models that are exported.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

/// Every layer is one that PyTorch and Keras have, too.
inline constexpr auto shared_by_all = sequential(
    input<6>(), embedding<9, 4>(), layer_normalization(1e-5), bidirectional(lstm<3>(return_sequences)),
    gru<5>(return_sequences), time_distributed(dense<4>(tanh)), simple_rnn<3>(activation(relu)), dense<2>());

/// The last outputs of both directions, which are vectors.
inline constexpr auto both_ends = functional(
    input<4, 2>(), named<"ends">(bidirectional(gru<2>(), merge::none)), named<"end">(forward_of<"ends">()),
    named<"begin">(backward_of<"ends">()), subtract<"end", "begin">(), dense<1>());

} // namespace timeloom::tests
