// What flows out of a layer backward, after all its gate gradients are known: to its input and to its initial
// states.
#include "timeloom/codegen/algorithm/recurrent.hpp"
#include "timeloom/codegen/algorithm/sums_only.hpp"

namespace timeloom::codegen {

using namespace Halide;
using plan::ArgumentRole;

namespace {

/// One gradient: start + Σ over `matrices` of gate · matrixᵀ.
struct flow {
    ImageParam pointwise; ///< undefined where nothing flows pointwise
    declaration::transposed_sum products;
};

product_sum as_sum(const flow& f, const declaration::differentiated_cell& cell, int units,
                   const std::vector<ImageParam>& gates, const ImageParam& transposed,
                   const declaration::static_vector<int, 32>& packed) {
    product_sum sum;
    sum.start = [f](const step_point& at) {
        return f.pointwise.defined() ? f.pointwise(at.unit, at.row, at.time) : Expr(0.0f);
    };
    for (const int m : f.products.matrices) {
        product_term term;
        term.extent = units;
        const ImageParam gate = gates[static_cast<std::size_t>(cell.gate_of_matrix[m])];
        term.value = [gate](const Expr& k, const Expr& row, const Expr& time) { return gate(k, row, time); };
        const int position = packed.find(m);
        term.weight = [transposed, position](const Expr& lane, const Expr& block, const Expr& k) {
            return transposed(lane, position, k, block);
        };
        sum.terms.push_back(term);
    }
    return sum;
}

std::vector<ImageParam> gate_images(const recurrent_layer& layer, StepArguments& arguments) {
    std::vector<ImageParam> gates;
    for (int g = 0; g < layer.cell.gates.size(); ++g) {
        gates.push_back(arguments.sequence(ArgumentRole::gates, g, layer.units));
    }
    return gates;
}

} // namespace

kernel_pipeline build_initial_state_gradient(const recurrent_layer& layer, const Target& target) {
    recurrent_layer one_step = layer;
    one_step.timesteps = 1;
    StepArguments arguments(one_step, layer.units);
    const auto gates = gate_images(layer, arguments);
    const auto packed = declaration::recurrent_matrices(layer.cell.step);
    const ImageParam transposed =
        packed.empty() ? ImageParam()
                       : arguments.matrices(ArgumentRole::transposed, 0, packed.size(), layer.units);
    std::vector<product_sum> sums;
    for (int s = 0; s < layer.cell.diff_state.size(); ++s) {
        flow f;
        f.products = layer.cell.diff_state[s].products;
        if (layer.cell.diff_state[s].pointwise >= 0) {
            f.pointwise = arguments.sequence(ArgumentRole::direct_state, s, layer.units);
        }
        sums.push_back(as_sum(f, layer.cell, layer.units, gates, transposed, packed));
    }
    return sums_only(arguments, sums, ArgumentRole::diff_initial_state, plan::padded(layer.units), target);
}

kernel_pipeline build_input_gradient(const recurrent_layer& layer, const Target& target) {
    StepArguments arguments(layer, layer.features);
    const auto gates = gate_images(layer, arguments);
    const auto packed = layer.cell.diff_input.products.matrices;
    declaration::static_vector<int, 32> input_matrices;
    for (const int m : packed) {
        input_matrices.push_back(m);
    }
    flow f;
    f.products = layer.cell.diff_input.products;
    if (layer.cell.diff_input.pointwise >= 0) {
        f.pointwise = arguments.sequence(ArgumentRole::direct_input, 0, layer.units);
    }
    const ImageParam transposed =
        packed.empty() ? ImageParam()
                       : arguments.matrices(ArgumentRole::transposed, 1, packed.size(), layer.units);
    return sums_only(arguments, {as_sum(f, layer.cell, layer.units, gates, transposed, input_matrices)},
                     ArgumentRole::diff_input, plan::padded(layer.features), target);
}

} // namespace timeloom::codegen
