// The optimizers' loops for the instruction set that every supported processor has (SSE2 on x86-64, NEON on
// arm-64).
#include "timeloom/runtime/optimizers/optimizer_kernels.hpp"

namespace timeloom::detail {

extern const OptimizerTable optimizer_loops_baseline;
constinit const OptimizerTable optimizer_loops_baseline =
    optimizer_kernels::table<xsimd::default_arch>("baseline");

} // namespace timeloom::detail
