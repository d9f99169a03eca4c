// A model whose every layer PyTorch and Keras have, too.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

inline constexpr auto shared_by_all = sequential(
    input<6>(), embedding<9, 4>(), layer_normalization(1e-5), bidirectional(lstm<3>(return_sequences)),
    gru<5>(return_sequences), time_distributed(dense<4>(tanh)), simple_rnn<3>(activation(relu)), dense<2>());

} // namespace timeloom::tests
