// What a small model computes, in double and without any library.
#pragma once

#include "../rnn_case.hpp"

#include <span>

namespace timeloom::bench {

/// The outputs of a stream's case over the samples of a measurement.
std::vector<double> stream_reference(const RnnCase& rnn_case);

/// The largest difference of what someone computed; infinite where it is no number or has another length.
double largest_difference(std::span<const double> computed, std::span<const double> reference);

} // namespace timeloom::bench
