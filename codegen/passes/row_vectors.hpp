// Vectors that span several rows.
#pragma once

#include <Halide.h>

namespace timeloom::codegen {

/// The pass that takes loads and stores of vectors over (lane, row) apart, into one for each row: Halide 21
/// would scatter the stores, and load all that lies between the rows.
void access_rows_apart(Halide::Pipeline& pipeline);

} // namespace timeloom::codegen
