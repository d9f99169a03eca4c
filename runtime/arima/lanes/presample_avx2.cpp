// The loops over lanes for x86-64 with AVX2 and FMA; built only there, with -mavx2 -mfma.
#include "timeloom/runtime/arima/lanes/presample_kernels.hpp"

namespace timeloom::detail {

extern const LaneTable presample_avx2;
constinit const LaneTable presample_avx2 = presample_kernels::table<xsimd::fma3<xsimd::avx2>>();

} // namespace timeloom::detail
