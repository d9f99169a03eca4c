// Loops that run forth in one time step and back in the next.
#pragma once

#include "timeloom/codegen/kernel.hpp"

namespace timeloom::codegen {

/// The name of a loop inside one over time that takes turns. A single row is bound by reading weights, and
/// where they are more than the first cache holds, going through them always in the same order would find
/// none of them there: each would have been pushed out by those behind it. After a turn the last ones still
/// are.
inline constexpr const char* turning_loop = "turning";

/// The pass that makes loops of this name turn: they run forth in even time steps and back in odd ones. Where
/// a round of the loop over time has several steps, these are counted in the round, or, unrolled, the rounds.
void let_loops_turn(Halide::Pipeline& pipeline, const kernel_pipeline& kernel);

} // namespace timeloom::codegen
