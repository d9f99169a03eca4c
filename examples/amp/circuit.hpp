// A distortion pedal as its circuit: a coupling capacitor, a gain, and diodes that clip.
#pragma once

#include "recording.hpp"

namespace amp {

/// The voltage V behind the resistor R, at the capacitor C between two branches of diodes, one diode in one
/// direction and two in a row in the other:
///
///   dV/dt = (V_in − V) / (R C) − (I_s / C) (exp(V / V_T) − exp(−V / (2 V_T)))
///
/// where V_in is the input behind a high-pass of 120 Hz, times 30. It is solved by the implicit trapezoidal
/// rule in eight steps a sample, between which the input runs in a straight line; a low-pass of 18 kHz, which
/// looks at no sample to come, stands before the samples of the output are taken.
Recording distorted(const Recording& dry);

} // namespace amp
