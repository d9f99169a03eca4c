// Models whose outputs are masked at some steps, and one with rules for its parameters.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

/// The models of golden/keras_metrics.json.
inline constexpr auto masked_labels =
    sequential(input<6>(), embedding<9, 3>(mask_zero), simple_rnn<4>(return_sequences), dense<1>(sigmoid));
inline constexpr auto masked_classes =
    sequential(input<6>(), embedding<9, 3>(mask_zero), simple_rnn<4>(return_sequences), dense<3>(), softmax);

/// Penalties and bounds on the norms of parameters, an embedding among them.
inline constexpr auto ruled =
    sequential(input<3>(), embedding<20, 4>(embeddings_constraint(max_norm(2))),
               lstm<4>(kernel_regularizer(l2(0.01)), recurrent_constraint(max_norm(1))),
               dense<1>(kernel_constraint(max_norm(3))));

} // namespace timeloom::tests
