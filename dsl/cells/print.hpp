// Cells and their derived backward steps as readable equations.
#pragma once

#include "timeloom/dsl/cells/equation_printer.hpp"

namespace timeloom::declaration {

/// The equations of a cell, one a line: z_i is what the products of gate i give, a_i its activation, next_h
/// the state h after the step. W_i multiplies the input, U_i a state, b_i is a bias.
constexpr printed_graph print(const graph& cell) {
    detail::printer p(cell);
    for (const state_entry& s : cell.states) {
        p.use(s.next);
    }
    p.use(cell.output);
    p.shared_lines();
    for (const state_entry& s : cell.states) {
        p.result_line(detail::prefixed("next_", s.label), s.next);
    }
    if (cell.states.empty() || cell.output != cell.states[0].next) {
        p.result_line("output", cell.output);
    }
    return p.text();
}

/// The derived backward step, together with the forward values it reads. diff_next_h comes from the step
/// after this one, diff_output from the layer above; Σ runs over all time steps and sequences of the batch.
constexpr printed_graph print(const differentiated_cell& cell) {
    const graph& g = cell.step;
    detail::printer p(cell);
    for (int m = 0; m < g.matrices.size(); ++m) {
        p.use(g.matrices[m].operand);
        p.use(cell.gates[cell.gate_of_matrix[m]]);
    }
    for (const vector_gradient& d : cell.diff_vector) {
        p.use(d.node);
    }
    for (const operand_gradient& d : cell.diff_state) {
        p.use(d.pointwise);
    }
    p.use(cell.diff_input.pointwise);
    p.shared_lines();
    for (int s = 0; s < cell.diff_state.size(); ++s) {
        p.gradient_line(detail::prefixed("diff_", g.states[s].label), cell.diff_state[s]);
    }
    p.gradient_line("diff_x", cell.diff_input);
    for (int m = 0; m < g.matrices.size(); ++m) {
        p.parameter_line(detail::matrix_name(g, m), g.matrices[m].operand,
                         cell.gates[cell.gate_of_matrix[m]]);
    }
    for (int v = 0; v < g.vectors.size(); ++v) {
        p.parameter_line(detail::vector_name(g, v), -1, cell.diff_vector[v].node);
    }
    return p.text();
}

} // namespace timeloom::declaration
