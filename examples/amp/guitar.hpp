// A guitar that plays by itself.
#pragma once

#include "recording.hpp"

#include <cstdint>

namespace amp {

/// Plucked strings, one to four at a time, from soft to loud and now and then damped. The same seed plays the
/// same.
Recording played_guitar(double seconds, std::uint32_t seed);

} // namespace amp
