// The optimizers' loops for x86-64 with AVX-512 F, CD, DQ, BW and VL; built only there, with those -m flags.
#include "timeloom/runtime/optimizers/optimizer_kernels.hpp"

namespace timeloom::detail {

extern const OptimizerTable optimizer_loops_avx512;
constinit const OptimizerTable optimizer_loops_avx512 = optimizer_kernels::table<xsimd::avx512bw>("avx512");

} // namespace timeloom::detail
