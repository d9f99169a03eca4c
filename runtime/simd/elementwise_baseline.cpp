// The elementwise loops for the instruction set that every supported processor has (SSE2 on x86-64, NEON on
// arm-64).
#include "timeloom/runtime/simd/elementwise_kernels.hpp"

namespace timeloom::detail {

extern const ElementwiseTable elementwise_baseline;
constinit const ElementwiseTable elementwise_baseline =
    elementwise_kernels::table<xsimd::default_arch>("baseline");

} // namespace timeloom::detail
