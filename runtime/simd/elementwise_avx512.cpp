// The elementwise loops for x86-64 with AVX-512 F, CD, DQ, BW and VL; built only there, with those -m flags.
#include "timeloom/runtime/simd/elementwise_kernels.hpp"

namespace timeloom::detail {

extern const ElementwiseTable elementwise_avx512;
constinit const ElementwiseTable elementwise_avx512 = elementwise_kernels::table<xsimd::avx512bw>("avx512");

} // namespace timeloom::detail
