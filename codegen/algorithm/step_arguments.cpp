#include "timeloom/codegen/algorithm/step_arguments.hpp"

#include <array>

namespace timeloom::codegen {

using namespace Halide;
using plan::ArgumentRole;

namespace {

std::string image_name(ArgumentRole role, int index) {
    static constexpr std::array<const char*, 25> names{
        "x",           "matrices",     "vectors",        "previous_state",
        "next_state",  "output",       "saved",          "transposed",
        "diff_output", "diff_final",   "diff_initial",   "gates",
        "later_gates", "direct_state", "later_direct",   "direct_input",
        "operand",     "diff_gates",   "diff_matrices",  "diff_vector",
        "diff_input",  "step_mask",    "recurrent_mask", "input_products",
        "row_numbers"};
    return std::string(names.at(static_cast<std::size_t>(role))) + "_" + std::to_string(index);
}

} // namespace

StepArguments::StepArguments(const recurrent_layer& layer, int results_width) : layer_(layer) {
    shape_ = {results_width, plan::lane_block(results_width), plan::block_count(results_width), layer.rows};
}

ImageParam StepArguments::add(ArgumentRole role, int index, int dimensions, Type type) {
    ImageParam image(type, dimensions, image_name(role, index));
    pipeline.inputs.push_back(image);
    pipeline.signature.push_back({role, static_cast<std::int16_t>(index)});
    return image;
}

ImageParam StepArguments::sequence(ArgumentRole role, int index, int width, int dimensions) {
    ImageParam image = add(role, index, dimensions);
    image.dim(0).set_bounds(0, plan::padded(width));
    image.dim(1).set_min(0).set_stride(plan::padded(width));
    return image;
}

ImageParam StepArguments::matrices(ArgumentRole role, int index, int gates, int k) {
    ImageParam image = add(role, index, 4);
    const std::array<int, 4> extents{shape_.lanes, gates, k, shape_.blocks};
    int stride = 1;
    for (int d = 0; d < 4; ++d) {
        image.dim(d).set_bounds(0, extents[static_cast<std::size_t>(d)]).set_stride(stride);
        stride *= extents[static_cast<std::size_t>(d)];
    }
    return image;
}

ImageParam StepArguments::vectors(int count) {
    ImageParam image = add(ArgumentRole::vectors, 0, 2);
    image.dim(0).set_bounds(0, plan::padded(layer_.units));
    image.dim(1).set_bounds(0, count).set_stride(plan::padded(layer_.units));
    return image;
}

ImageParam StepArguments::saved(int items) {
    ImageParam image = add(ArgumentRole::saved, 0, 4);
    image.dim(0).set_bounds(0, plan::padded(layer_.units));
    image.dim(1).set_bounds(0, items).set_stride(plan::padded(layer_.units));
    image.dim(2).set_min(0).set_stride(plan::padded(layer_.units) * items);
    return image;
}

ImageParam StepArguments::step_mask() {
    ImageParam image = add(ArgumentRole::step_mask, 0, 2);
    image.dim(0).set_min(0);
    return image;
}

ImageParam StepArguments::input_products(int affines) {
    ImageParam image = add(ArgumentRole::input_products, 0, 3);
    image.dim(0).set_bounds(0, plan::padded(layer_.units));
    image.dim(1).set_bounds(0, affines).set_stride(plan::padded(layer_.units));
    image.dim(2).set_min(0).set_stride(plan::padded(layer_.units) * affines);
    return image;
}

ImageParam StepArguments::row_numbers() {
    ImageParam image = add(ArgumentRole::row_numbers, 0, 2, Int(32));
    image.dim(0).set_min(0);
    return image;
}

void StepArguments::describe_outputs(Func results, const std::vector<int>& row_strides) const {
    for (std::size_t i = 0; i < row_strides.size(); ++i) {
        OutputImageParam buffer = results.output_buffers()[i];
        buffer.dim(0).set_stride(1);
        buffer.dim(1).set_stride(shape_.lanes);
        buffer.dim(2).set_stride(row_strides[i]);
        buffer.dim(3).set_stride(row_strides[i] * shape_.rows);
    }
    // Halide takes the bounds of a Tuple's buffers from the first one.
    OutputImageParam first = results.output_buffers()[0];
    first.dim(0).set_bounds(0, shape_.lanes);
    first.dim(1).set_bounds(0, shape_.blocks);
    first.dim(2).set_bounds(0, shape_.rows);
    first.dim(3).set_min(0);
    if (layer_.timesteps > 0) {
        first.dim(4).set_extent(layer_.timesteps);
    }
}

} // namespace timeloom::codegen
