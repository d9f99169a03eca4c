// Kernels that are products and nothing else.
#pragma once

#include "timeloom/codegen/algorithm/step_arguments.hpp"

namespace timeloom::codegen {

/// A step whose results, of role `role`, are nothing but sums; each one stands at a node of its own in an
/// otherwise empty graph. The results' rows are `row_stride` floats apart.
kernel_pipeline sums_only(StepArguments& arguments, const std::vector<product_sum>& sums,
                          plan::ArgumentRole role, int row_stride, const Halide::Target& target);

} // namespace timeloom::codegen
