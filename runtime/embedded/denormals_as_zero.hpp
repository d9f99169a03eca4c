// Scope in which denormal numbers count as zero, as in the runtime, without a variable of its own.
#pragma once

#include "timeloom/runtime/float_mode.hpp"

namespace timeloom::embedded {

/// Changes the processor's mode only where it is another one.
class DenormalsAsZero {
  public:
    DenormalsAsZero() : before_(float_mode::get()) {
        if (!was_set()) {
            float_mode::set(before_ | float_mode::denormals_as_zero);
        }
    }
    ~DenormalsAsZero() {
        if (!was_set()) {
            float_mode::set(before_);
        }
    }
    DenormalsAsZero(const DenormalsAsZero&) = delete;
    DenormalsAsZero& operator=(const DenormalsAsZero&) = delete;

  private:
    bool was_set() const {
        return (before_ & float_mode::denormals_as_zero) == float_mode::denormals_as_zero;
    }

    float_mode::Mode before_;
};

} // namespace timeloom::embedded
