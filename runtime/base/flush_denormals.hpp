// Scope in which results and inputs too small for a normal float count as zero.
#pragma once

#include "timeloom/runtime/float_mode.hpp"

namespace timeloom {

/// While it lives, this thread's arithmetic takes denormal numbers (below 1.2e-38) as zero, which keeps it at
/// full speed: a decaying moment would otherwise stay denormal, a hundred times slower, for ever. Does
/// nothing inside another such scope: the processor waits for all arithmetic before it changes the mode, some
/// 10 ns. It ends on the thread that it began on.
class FlushDenormals {
  public:
    FlushDenormals() {
        if (scopes_++ == 0) {
            saved_ = float_mode::get();
            float_mode::set(saved_ | float_mode::denormals_as_zero);
        }
    }
    ~FlushDenormals() {
        if (--scopes_ == 0) {
            float_mode::set(saved_);
        }
    }
    FlushDenormals(const FlushDenormals&) = delete;
    FlushDenormals& operator=(const FlushDenormals&) = delete;

  private:
    static inline thread_local int scopes_ = 0;
    static inline thread_local float_mode::Mode saved_ = 0; ///< of before the first scope
};

} // namespace timeloom
