// The network that stands for an amplifier or a pedal, and the one that is trained in its place.
#pragma once

#include <timeloom/dsl/dsl.hpp>

namespace amp {

using namespace timeloom::dsl;

inline constexpr int window = 256; ///< samples that a training step looks back over

/// What the ear hears of an error: y(t) = x(t) − 0.85 x(t − 1) weakens the low frequencies, which are the
/// loudest.
inline constexpr float emphasis = 0.85f;
inline constexpr auto pre_emphasis = cell<"pre_emphasis">(
    [](inputs x, state<"previous"> previous) { return output(x - emphasis * previous, next(previous = x)); });

/// Samples in, samples out.
inline constexpr auto pedal = sequential(input<window, 1>(), lstm<16>(return_sequences), dense<1>());

/// The same weights. States go on from window to window, and the loss hears as the ear does.
inline constexpr auto pedal_training = sequential( //
    input<window, 1>(),                            //
    lstm<16>(return_sequences, stateful),          //
    dense<1>(),                                    //
    recurrent<1>(pre_emphasis, return_sequences, stateful));

} // namespace amp
