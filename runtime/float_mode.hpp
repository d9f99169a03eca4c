// This file alone knows in which register each processor keeps whether it takes denormal numbers as zero.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/// The register that holds how this thread calculates. Other processors than x86-64 and arm-64 have none
/// here: nothing is changed on them.
namespace timeloom::float_mode {

using Mode = std::uint64_t;

#if defined(__SSE2__)

inline constexpr Mode denormals_as_zero = 0x8040; ///< of MXCSR: flush to zero, denormals are zero
inline Mode get() { return _mm_getcsr(); }
inline void set(Mode mode) { _mm_setcsr(static_cast<unsigned>(mode)); }

#elif defined(__aarch64__)

inline constexpr Mode denormals_as_zero = Mode{1} << 24; ///< FZ of FPCR: inputs and results
inline Mode get() {
    Mode mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}
inline void set(Mode mode) { asm volatile("msr fpcr, %0" : : "r"(mode) : "memory"); }

#else

inline constexpr Mode denormals_as_zero = 0;
inline Mode get() { return 0; }
inline void set(Mode) {}

#endif

} // namespace timeloom::float_mode
