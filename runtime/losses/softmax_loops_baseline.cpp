// The losses of softmax for the instruction set that every supported processor has (SSE2 on x86-64, NEON on
// arm-64).
#include "timeloom/runtime/losses/softmax_kernels.hpp"

namespace timeloom::detail {

extern const SoftmaxTable softmax_loops_baseline;
constinit const SoftmaxTable softmax_loops_baseline = softmax_kernels::table<xsimd::default_arch>("baseline");

} // namespace timeloom::detail
