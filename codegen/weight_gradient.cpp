#include "timeloom/codegen/weight_gradient.hpp"

#include "timeloom/codegen/schedule.hpp"

namespace timeloom::codegen {

using namespace Halide;
using dsl::argument_role;

namespace {

ImageParam diff_gates_image(const recurrent_layer& layer) {
    const int width = dsl::padded(layer.units);
    const int gates = layer.cell.gates.size();
    ImageParam image(Float(32), 4, "diff_gates");
    image.dim(0).set_bounds(0, width);
    image.dim(1).set_bounds(0, gates).set_stride(width);
    image.dim(2).set_min(0).set_stride(width * gates);
    image.dim(3).set_min(0);
    return image;
}

ImageParam operand_image(int width) {
    ImageParam image(Float(32), 3, "operand");
    image.dim(0).set_bounds(0, dsl::padded(width));
    image.dim(1).set_min(0); // rows of the workspace lie further apart than rows of a sequence
    image.dim(2).set_min(0);
    return image;
}

} // namespace

kernel_pipeline build_weight_gradient(const recurrent_layer& layer, const dsl::gradient_run& run,
                                      const Target& target) {
    const auto group = dsl::product_groups(layer.cell.step)[run.group];
    const int width = group.reads_input ? layer.features : layer.units;
    const int lanes = dsl::lane_block(layer.units);
    const ImageParam operand = operand_image(width);
    const ImageParam diff_gates = diff_gates_image(layer);

    Var lane("lane"), gate("gate"), k("k"), block("block");
    Func gradient("diff_matrices");
    gradient(lane, gate, k, block) = undef<float>();
    const weight_gradient_tile tile =
        choose_weight_gradient_tile(target, lanes, dsl::block_count(layer.units), run.count);

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
    out.dim(3).set_bounds(0, dsl::block_count(layer.units)).set_stride(lanes * packed_gates * width);
    return {{operand, diff_gates},
            {gradient},
            {},
            {{argument_role::operand}, {argument_role::diff_gates}, {argument_role::diff_matrices}}};
}

kernel_pipeline build_vector_gradient(const recurrent_layer& layer, const Target& target) {
    const ImageParam diff_gates = diff_gates_image(layer);
    const int vectors = layer.cell.gate_of_vector.size();
    const int width = dsl::padded(layer.units);
    Var unit("unit"), vector("vector");
    std::vector<Expr> gates;
    for (const int gate : layer.cell.gate_of_vector) {
        gates.push_back(gate);
    }
    const RDom r(0, diff_gates.dim(2).extent(), 0, diff_gates.dim(3).extent(), "r");
    Func sums("sums"), gradient("diff_vectors");
    sums(unit, vector) = 0.0f;
    const Expr gate = gates.size() == 1 ? gates[0] : mux(vector, gates);
    sums(unit, vector) += diff_gates(unit, gate, r.x, r.y);
    gradient(unit, vector) = undef<float>();
    gradient(unit, vector) += sums(unit, vector);
    schedule_vector_gradient(gradient, sums, unit, vector, {r.x, r.y}, width, vectors, target);
    gradient.output_buffer().dim(0).set_bounds(0, width);
    gradient.output_buffer().dim(1).set_bounds(0, vectors).set_stride(width);
    return {{diff_gates}, {gradient}, {}, {{argument_role::diff_gates}, {argument_role::diff_vector}}};
}

} // namespace timeloom::codegen
