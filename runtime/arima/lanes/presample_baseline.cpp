// The loops over lanes for the instruction set that every supported processor has.
#include "timeloom/runtime/arima/lanes/presample_kernels.hpp"

namespace timeloom::detail {

extern const LaneTable presample_baseline;
constinit const LaneTable presample_baseline = presample_kernels::table<xsimd::default_arch>();

} // namespace timeloom::detail
