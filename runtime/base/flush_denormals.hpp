// Scope in which results and inputs too small for a normal float count as zero.
#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace timeloom {

/// While it lives, this thread's SSE and AVX arithmetic takes denormal numbers (below 1.2e-38) as zero, which
/// keeps it at full speed: a decaying moment would otherwise stay denormal, a hundred times slower, for ever.
/// Does nothing on other processors, nor where the thread does so already: the processor waits for all
/// arithmetic before it changes the mode, some 10 ns. It ends on the thread that it began on.
class FlushDenormals {
  public:
#if defined(__SSE2__)
    FlushDenormals() : before_(_mm_getcsr()) {
        if ((before_ & zeros) != zeros) {
            _mm_setcsr(before_ | zeros);
        }
    }
    ~FlushDenormals() {
        if ((before_ & zeros) != zeros) {
            _mm_setcsr(before_);
        }
    }
#else
    FlushDenormals() {}
    ~FlushDenormals() {}
#endif
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

#if defined(__SSE2__)
  private:
    static constexpr unsigned zeros = 0x8040; ///< for results that are denormal, and for inputs

    const unsigned before_;
#endif
};

} // namespace timeloom
