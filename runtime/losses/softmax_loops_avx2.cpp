// The losses of softmax for x86-64 with AVX2 and FMA; built only there, with -mavx2 -mfma.
#include "timeloom/runtime/losses/softmax_kernels.hpp"

namespace timeloom::detail {

extern const SoftmaxTable softmax_loops_avx2;
constinit const SoftmaxTable softmax_loops_avx2 = softmax_kernels::table<xsimd::fma3<xsimd::avx2>>("avx2");

} // namespace timeloom::detail
