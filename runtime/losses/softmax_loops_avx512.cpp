// The losses of softmax for x86-64 with AVX-512 F, CD, DQ, BW and VL; built only there, with those -m flags.
#include "timeloom/runtime/losses/softmax_kernels.hpp"

namespace timeloom::detail {

extern const SoftmaxTable softmax_loops_avx512;
constinit const SoftmaxTable softmax_loops_avx512 = softmax_kernels::table<xsimd::avx512bw>("avx512");

} // namespace timeloom::detail
