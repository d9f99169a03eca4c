// An amplifier at work: blocks of samples, as a host hands them over.
#pragma once

#include "recording.hpp"

#include <timeloom/runtime/model/model.hpp>

namespace amp {

/// What `model` makes of a recording, in blocks of so many samples, whose size changes no bit. Throws Error
/// where a sample is infinite or no number.
Recording played(const timeloom::Model& model, const Recording& dry, std::size_t block);

/// Σ (H(played − target))² / Σ (H(target))² from sample `first` on, where H(x) = x(t) − emphasis · x(t − 1):
/// the error-to-signal ratio of Wright et al. 2019. Both must have the same length.
double error_to_signal(const Recording& played, const Recording& target, std::size_t first, double emphasis);

} // namespace amp
