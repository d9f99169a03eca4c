// A forecaster of one step, over a cell that the library does not have.
#pragma once

#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

/// The minimal gated unit (Zhou et al. 2016): one gate both forgets and resets.
inline constexpr auto minimal_gated_unit = cell<"minimal_gated_unit">([](inputs x, state<"h"> h) {
    const auto f = sigmoid(affine<"f">(unit_forget_bias, x, h));
    const auto candidate = tanh(affine<"h">(x, f * h));
    return next(h = (1 - f) * h + f * candidate);
});

inline constexpr auto wave_forecaster =
    sequential(input<16, 1>(), recurrent<12>(minimal_gated_unit), dense<1>());
