// The loops over lanes for x86-64 with AVX-512 F, CD, DQ, BW and VL; built only there, with those -m flags.
#include "timeloom/runtime/arima/lanes/presample_kernels.hpp"

namespace timeloom::detail {

extern const LaneTable presample_avx512;
constinit const LaneTable presample_avx512 = presample_kernels::table<xsimd::avx512bw>();

} // namespace timeloom::detail
