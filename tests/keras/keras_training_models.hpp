// The models of golden/keras_training.json.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;

inline constexpr auto keras_regression =
    sequential(input<6, 2>(), lstm<4>(return_sequences), gru<3>(), dense<1>());
inline constexpr auto keras_classification =
    sequential(input<5>(), embedding<11, 3>(), lstm<4>(), dense<1>(sigmoid));
/// An output for every time step.
inline constexpr auto keras_tagging =
    sequential(input<6, 2>(), gru<4>(return_sequences), dense<3>(), softmax);

} // namespace timeloom::tests
