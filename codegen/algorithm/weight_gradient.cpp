#include "timeloom/codegen/algorithm/weight_gradient.hpp"

#include "timeloom/codegen/schedule/schedule.hpp"

namespace timeloom::codegen {

using namespace Halide;
using plan::ArgumentRole;

namespace {

ImageParam diff_gates_image(const recurrent_layer& layer) {
    const int width = plan::padded(layer.units);
    const int gates = layer.cell.gates.size();
    ImageParam image(Float(32), 4, "diff_gates");
    image.dim(0).set_bounds(0, width);
    image.dim(1).set_bounds(0, gates);
    image.dim(2).set_min(0).set_stride(width);
    image.dim(3).set_min(0);
    return image;
}

ImageParam operand_image(int width, const std::string& name) {
    ImageParam image(Float(32), 3, name);
    image.dim(0).set_bounds(0, plan::padded(width));
    image.dim(1).set_min(0); // rows of the workspace lie further apart than rows of a sequence
    image.dim(2).set_min(0);
    return image;
}

} // namespace

kernel_pipeline build_weight_gradient(const recurrent_layer& layer, const declaration::gradient_run& run,
                                      const Target& target) {
    const auto group = declaration::product_groups(layer.cell.step)[run.group];
    const int width = group.reads_input ? layer.features : layer.units;
    const int lanes = plan::lane_block(layer.units);
    const ImageParam operand = operand_image(width, "operand");
    const ImageParam diff_gates = diff_gates_image(layer);

    Var lane("lane"), gate("gate"), k("k"), block("block");
    Func gradient("diff_matrices");
    gradient(lane, gate, k, block) = undef<float>();
    const weight_gradient_tile tile =
        choose_weight_gradient_tile(target, lanes, plan::block_count(layer.units), run.count);

    // Rows of the matrix are worked off `tile.k` at a time; what is left over gets an update of its own.
    const int whole = width / tile.k * tile.k;
    int update = 0;
    for (const auto& [first, count] : {std::pair(0, whole), std::pair(whole, width - whole)}) {
        if (count == 0) {
            continue;
        }
        const RDom row_of_matrix(first, count, "k");
        const RDom r(0, operand.dim(1).extent(), 0, operand.dim(2).extent(), "r");
        Func sums("sums");
        sums(lane, gate, k, block) = 0.0f;
        sums(lane, gate, k, block) +=
            operand(k, r.x, r.y) * diff_gates(block * lanes + lane, run.gate + gate, r.x, r.y);
        gradient(lane, gate, row_of_matrix, block) += sums(lane, gate, row_of_matrix, block);
        schedule_weight_gradient(gradient, update++, sums, {lane, gate, k, block}, row_of_matrix.x,
                                 {r.x, r.y}, tile, count < tile.k ? count : tile.k);
    }

    OutputImageParam out = gradient.output_buffer();
    const int packed_gates = group.matrices.size();
    out.dim(0).set_bounds(0, lanes).set_stride(1);
    out.dim(1).set_bounds(0, run.count).set_stride(lanes);
    out.dim(2).set_bounds(0, width).set_stride(lanes * packed_gates);
    out.dim(3).set_bounds(0, plan::block_count(layer.units)).set_stride(lanes * packed_gates * width);
    return {{operand, diff_gates},
            {gradient},
            {},
            {{ArgumentRole::operand}, {ArgumentRole::diff_gates}, {ArgumentRole::diff_matrices}}};
}

kernel_pipeline build_vector_gradient(const recurrent_layer& layer, const Target& target) {
    kernel_pipeline kernel;
    const auto add = [&](const ImageParam& image, ArgumentRole role, int index) {
        kernel.inputs.push_back(image);
        kernel.signature.push_back({role, static_cast<std::int16_t>(index)});
        return image;
    };
    const ImageParam diff_gates = add(diff_gates_image(layer), ArgumentRole::diff_gates, 0);
    const auto factors = declaration::vector_factors(layer.cell);
    std::vector<ImageParam> factor_images;
    for (int i = 0; i < factors.size(); ++i) {
        factor_images.push_back(
            add(operand_image(layer.units, "factor_" + std::to_string(i)), ArgumentRole::operand, i));
    }

    Var unit("unit"), vector("vector");
    const RDom r(0, diff_gates.dim(2).extent(), 0, diff_gates.dim(3).extent(), "r");
    std::vector<Expr> terms;
    for (const declaration::vector_gradient& d : layer.cell.diff_vector) {
        const Expr gate = diff_gates(unit, d.gate, r.x, r.y);
        const int factor = factors.find(d.factor);
        terms.push_back(factor < 0 ? gate
                                   : gate * factor_images[static_cast<std::size_t>(factor)](unit, r.x, r.y));
    }
    const auto vectors = static_cast<int>(terms.size());
    const int width = plan::padded(layer.units);
    Func sums("sums"), gradient("diff_vectors");
    sums(unit, vector) = 0.0f;
    sums(unit, vector) += vectors == 1 ? terms[0] : mux(vector, terms);
    gradient(unit, vector) = undef<float>();
    gradient(unit, vector) += sums(unit, vector);
    schedule_vector_gradient(gradient, sums, unit, vector, {r.x, r.y}, width, vectors, target);
    gradient.output_buffer().dim(0).set_bounds(0, width);
    gradient.output_buffer().dim(1).set_bounds(0, vectors).set_stride(width);
    kernel.outputs = {gradient};
    kernel.signature.push_back({ArgumentRole::diff_vector});
    return kernel;
}

} // namespace timeloom::codegen
