// The loops over lanes as templates over an xsimd architecture; included once per instruction set only.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter_gradient.hpp"
#include "timeloom/runtime/arima/lanes/gap_filter_loops.hpp"
#include "timeloom/runtime/arima/lanes/presample_gradient.hpp"
#include "timeloom/runtime/arima/lanes/presample_solve.hpp"
#include "timeloom/runtime/arima/lanes/row_loops.hpp"

namespace timeloom::detail::presample_kernels {

template <class Arch>
constexpr LaneTable table() {
    return {dot<Arch>,
            add_scaled<Arch>,
            rows_above<Arch>,
            [](Presample& s) { PresampleSolver<Arch>(s).solve(); },
            [](Presample& s) { PresampleSolver<Arch>(s).estimate_presample(); },
            [](Presample& s) { PresampleGradient<Arch>(s).gradient(); },
            weighted_dot<Arch>,
            [](GapFilter& s) { GapFilterLoops<Arch>(s).filter(); },
            [](GapFilter& s) { GapFilterGradient<Arch>(s).flow_back(); }};
}

} // namespace timeloom::detail::presample_kernels
