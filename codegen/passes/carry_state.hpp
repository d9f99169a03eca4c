// The lowering pass that lets one pipeline hold a recurrence over time.
#pragma once

#include "timeloom/codegen/kernel.hpp"

namespace timeloom::codegen {

/// Adds the pass to `pipeline` for every carried value of `kernel`. A carried image has the strides of the
/// output it stands for, and its element (…, t) lies in memory one time step before the output's (…, t).
void carry_states(Halide::Pipeline& pipeline, const kernel_pipeline& kernel);

} // namespace timeloom::codegen
