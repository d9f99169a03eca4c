// exp() and the quotients of sigmoid and tanh, as the kernels compute them.
#pragma once

#include <Halide.h>

namespace timeloom::codegen {

/// The pass that replaces Halide's exp of vectors of floats: relative error below 1.5e-7 for |x| < 10, 4e-7
/// for all x; from 87 on exp stays at 6.1e37, below -87.33 at 1.2e-38. A division by 1 + exp(x), as in
/// sigmoid and tanh, becomes a product with the reciprocal, relative error below 1.8e-7. The pass comes late,
/// so that those before it see one call instead of a tree that doubles with every use.
void expand_exp(Halide::Pipeline& pipeline);

} // namespace timeloom::codegen
