// Scope in which results and inputs too small for a normal float count as zero.
#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace timeloom {

/// While it lives, this thread's SSE and AVX arithmetic takes denormal numbers (below 1.2e-38) as zero, which
/// keeps it at full speed: a decaying moment would otherwise stay denormal, a hundred times slower, for ever.
/// Does nothing on other processors, nor inside another such scope: the processor waits for all arithmetic
/// before it changes the mode, some 10 ns. It ends on the thread that it began on.
class FlushDenormals {
  public:
#if defined(__SSE2__)
    FlushDenormals() {
        if (scopes_++ == 0) {
            saved_ = _mm_getcsr();
            _mm_setcsr(saved_ | flush_to_zero | denormals_are_zero);
        }
    }
    ~FlushDenormals() {
        if (--scopes_ == 0) {
            _mm_setcsr(saved_);
        }
    }
#else
    FlushDenormals() = default;
    ~FlushDenormals() {}
#endif
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__SSE2__)
  private:
    static constexpr unsigned flush_to_zero = 0x8000;
    static constexpr unsigned denormals_are_zero = 0x0040;
    static inline thread_local int scopes_ = 0;
    static inline thread_local unsigned saved_ = 0; ///< of before the first scope
#endif
};

} // namespace timeloom
