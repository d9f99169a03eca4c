// The elementwise loops for x86-64 with AVX2 and FMA; built only there, with -mavx2 -mfma.
#include "timeloom/runtime/simd/elementwise_kernels.hpp"

namespace timeloom::detail {

extern const ElementwiseTable elementwise_avx2;
constinit const ElementwiseTable elementwise_avx2 =
    elementwise_kernels::table<xsimd::fma3<xsimd::avx2>>("avx2");

} // namespace timeloom::detail
