#include "timeloom/codegen/algorithm/sums_only.hpp"

namespace timeloom::codegen {

using namespace Halide;
using plan::ArgumentRole;

kernel_pipeline sums_only(StepArguments& arguments, const std::vector<product_sum>& sums, ArgumentRole role,
                          int row_stride, const Target& target) {
    declaration::graph places;
    step_description step{&places, arguments.shape(), {}, {}, {}, true, 1};
    step.leaf = [](int, const step_point&) { return std::optional<Expr>(); };
    std::vector<int> row_strides;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const int node = places.add_leaf(declaration::node_kind::transposed, static_cast<int>(i));
        step.results.push_back(node);
        step.sums[node] = sums[i];
        row_strides.push_back(row_stride);
        arguments.pipeline.signature.push_back({role, static_cast<std::int16_t>(i)});
    }
    const StepPipeline pipeline(step, target);
    arguments.describe_outputs(pipeline.results(), row_strides);
    kernel_pipeline kernel = std::move(arguments.pipeline);
    kernel.outputs = {pipeline.results()};
    return kernel;
}

} // namespace timeloom::codegen
