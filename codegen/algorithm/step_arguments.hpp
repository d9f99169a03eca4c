// The input images of a time-step kernel, each declared with the strides its memory has.
#pragma once

#include "timeloom/codegen/algorithm/recurrent.hpp"
#include "timeloom/codegen/algorithm/step_pipeline.hpp"
#include "timeloom/dsl/cells/products.hpp"

namespace timeloom::codegen {

/// Collects a kernel's images in the order of its signature.
class StepArguments {
  public:
    StepArguments(const recurrent_layer& layer, int results_width);

    const step_shape& shape() const { return shape_; }

    /// (u, b, t), or (u, b) for boundary values. Time may begin at any number, so that a sequence can be
    /// worked off in pieces; with `padded(width)` floats a row.
    Halide::ImageParam sequence(plan::ArgumentRole role, int index, int width, int dimensions = 3);
    /// (lane, gate, k, block)
    Halide::ImageParam matrices(plan::ArgumentRole role, int index, int gates, int k);
    /// (u, item)
    Halide::ImageParam vectors(int count);
    /// (u, item, b, t)
    Halide::ImageParam saved(int items);

    /// (b, t): 1 where a step counts
    Halide::ImageParam step_mask();
    /// (u, b)
    Halide::ImageParam recurrent_mask() {
        return sequence(plan::ArgumentRole::recurrent_mask, 0, layer_.units, 2);
    }

    /// (u, affine, row)
    Halide::ImageParam input_products(int affines);
    /// (b, t)
    Halide::ImageParam row_numbers();

    /// Declares the layout of the buffers of `results`, (lane, block, row, row_block, time): the rows of
    /// value i are row_strides[i] floats apart.
    void describe_outputs(Halide::Func results, const std::vector<int>& row_strides) const;

    /// The pipeline with `results` as its output, all arguments collected so far and `carried` values.
    kernel_pipeline pipeline;

  private:
    Halide::ImageParam add(plan::ArgumentRole role, int index, int dimensions,
                           Halide::Type type = Halide::Float(32));

    const recurrent_layer& layer_;
    step_shape shape_; ///< of the results
};

} // namespace timeloom::codegen
