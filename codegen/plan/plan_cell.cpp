#include "timeloom/codegen/plan/plan_cell.hpp"

#include "timeloom/dsl/cells/products.hpp"
#include "timeloom/dsl/cells/step_masks.hpp"
#include "timeloom/dsl/network/looked_up_input.hpp"

#include <algorithm>
#include <string>

namespace timeloom::codegen {

namespace {

/// Where the value of a node of the step is kept.
plan::Operand operand_of(const declaration::differentiated_cell& cell, int node) {
    const declaration::graph& g = cell.step;
    const declaration::node& n = g.nodes[node];
    if (n.kind == declaration::node_kind::input) {
        return {plan::OperandKind::input};
    }
    if (n.kind == declaration::node_kind::state) {
        return {plan::OperandKind::previous_state, n.index};
    }
    for (int s = 0; s < g.states.size(); ++s) {
        if (g.states[s].next == node) {
            return {plan::OperandKind::next_state, s};
        }
    }
    return node == g.output ? plan::Operand{plan::OperandKind::output}
                            : plan::Operand{plan::OperandKind::saved, cell.saved.find(node)};
}

std::vector<plan::State> states_of(const declaration::differentiated_cell& cell, plan_storage& storage) {
    std::vector<plan::State> states;
    for (int s = 0; s < cell.step.states.size(); ++s) {
        states.push_back(
            {storage.keep(std::string(cell.step.states[s].label.view())), cell.diff_state[s].pointwise >= 0});
    }
    return states;
}

int output_state(const declaration::graph& g) {
    int state = -1;
    for (int s = 0; s < g.states.size(); ++s) {
        state = g.states[s].next == g.output ? s : state;
    }
    return state;
}

std::vector<plan::Product> products_of(const declaration::differentiated_cell& cell,
                                       const layer_offsets& offsets) {
    std::vector<plan::Product> products;
    for (const declaration::product_group& group : declaration::product_groups(cell.step)) {
        products.push_back(
            {operand_of(cell, group.operand), group.matrices.size(), offsets.products[products.size()]});
    }
    return products;
}

std::vector<plan::GradientRun> gradient_runs_of(const declaration::differentiated_cell& cell) {
    std::vector<plan::GradientRun> runs;
    for (const declaration::gradient_run& r : declaration::gradient_runs(cell)) {
        runs.push_back({r.group, r.first, r.gate, r.count});
    }
    return runs;
}

std::vector<plan::Operand> vector_factors_of(const declaration::differentiated_cell& cell) {
    std::vector<plan::Operand> factors;
    for (const int factor : declaration::vector_factors(cell)) {
        factors.push_back(operand_of(cell, factor));
    }
    return factors;
}

std::vector<int> input_gates_of(const declaration::differentiated_cell& cell) {
    std::vector<int> gates;
    for (const int m : cell.diff_input.products.matrices) {
        gates.push_back(cell.gate_of_matrix[m]);
    }
    std::ranges::sort(gates);
    gates.erase(std::unique(gates.begin(), gates.end()), gates.end());
    return gates;
}

/// The packed matrices of these numbers.
template <class Matrices>
std::vector<plan::PackedMatrix> packed(const declaration::layer& layer, const layer_offsets& offsets,
                                       const Matrices& matrices, int rows) {
    const auto groups = declaration::product_groups(layer.cell.step);
    std::vector<plan::PackedMatrix> result;
    for (const int m : matrices) {
        for (int g = 0; g < groups.size(); ++g) {
            if (const int gate = groups[g].matrices.find(m); gate >= 0) {
                result.push_back({offsets.products[static_cast<std::size_t>(g)], rows, layer.units,
                                  groups[g].matrices.size(), gate, plan::lane_block(layer.units)});
            }
        }
    }
    return result;
}

} // namespace

plan::Cell plan_cell(const declaration::network& network, const declaration::layer& layer,
                     const layer_offsets& offsets, plan_storage& storage) {
    const declaration::differentiated_cell& cell = layer.cell;
    const declaration::graph& g = cell.step;
    return {
        .states = storage.keep(states_of(cell, storage)),
        .output_state = output_state(g),
        .has_step_mask = declaration::reads_any(g, declaration::node_kind::step_mask),
        .may_look_up_input = declaration::may_look_up_input(network, layer),
        .saved = cell.saved.size(),
        .gates = cell.gates.size(),
        .vectors = g.vectors.size(),
        .input_affines = declaration::input_affines(g).size(),
        .products = storage.keep(products_of(cell, offsets)),
        .gradient_runs = storage.keep(gradient_runs_of(cell)),
        .vector_factors = storage.keep(vector_factors_of(cell)),
        .input_gates = storage.keep(input_gates_of(cell)),
        .recurrent = {storage.keep(packed(layer, offsets, declaration::recurrent_matrices(g), layer.units))},
        .input = {storage.keep(packed(layer, offsets, cell.diff_input.products.matrices, layer.features))}};
}

} // namespace timeloom::codegen
