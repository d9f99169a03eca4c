// The optimizers' loops for x86-64 with AVX2 and FMA; built only there, with -mavx2 -mfma.
#include "timeloom/runtime/optimizers/optimizer_kernels.hpp"

namespace timeloom::detail {

extern const OptimizerTable optimizer_loops_avx2;
constinit const OptimizerTable optimizer_loops_avx2 =
    optimizer_kernels::table<xsimd::fma3<xsimd::avx2>>("avx2");

} // namespace timeloom::detail
