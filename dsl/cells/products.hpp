// Which matrices of a cell are packed together: all that multiply the same operand.
#pragma once

#include "timeloom/dsl/cells/derive.hpp"

namespace timeloom::declaration {

/// The matrices of one operand, packed [block][k][gate][lane] in this order.
struct product_group {
    int operand = -1;
    bool reads_input = false; ///< k runs over the features, else over the units
    static_vector<int, 32> matrices{};
};

constexpr static_vector<product_group, 32> product_groups(const graph& cell) {
    static_vector<product_group, 32> groups;
    for (int m = 0; m < cell.matrices.size(); ++m) {
        const int operand = cell.matrices[m].operand;
        int g = 0;
        while (g < groups.size() && groups[g].operand != operand) {
            ++g;
        }
        if (g == groups.size()) {
            groups.push_back(
                {.operand = operand, .reads_input = cell.nodes[operand].kind == node_kind::input});
        }
        groups[g].matrices.push_back(m);
    }
    return groups;
}

/// Consecutive gates of a group whose gradients also lie next to each other: one weight-gradient product.
struct gradient_run {
    int group = 0;
    int first = 0; ///< position in the group
    int gate = 0;  ///< number of the gate gradient
    int count = 0;
};

constexpr static_vector<gradient_run, 32> gradient_runs(const differentiated_cell& cell) {
    static_vector<gradient_run, 32> runs;
    const auto groups = product_groups(cell.step);
    for (int g = 0; g < groups.size(); ++g) {
        for (int i = 0; i < groups[g].matrices.size(); ++i) {
            const int gate = cell.gate_of_matrix[groups[g].matrices[i]];
            const bool continues = i > 0 && runs[runs.size() - 1].gate + runs[runs.size() - 1].count == gate;
            if (continues) {
                ++runs[runs.size() - 1].count;
            } else {
                runs.push_back({.group = g, .first = i, .gate = gate, .count = 1});
            }
        }
    }
    return runs;
}

/// The states that gradients of vectors are multiplied by, each once.
constexpr static_vector<int, 32> vector_factors(const differentiated_cell& cell) {
    static_vector<int, 32> factors;
    for (const vector_gradient& d : cell.diff_vector) {
        if (d.factor >= 0) {
            factors.find_or_push_back(d.factor);
        }
    }
    return factors;
}

/// Matrices whose operand is not the layer's input, in order: their transposes serve the backward step.
constexpr static_vector<int, 32> recurrent_matrices(const graph& cell) {
    static_vector<int, 32> result;
    for (int m = 0; m < cell.matrices.size(); ++m) {
        if (cell.nodes[cell.matrices[m].operand].kind != node_kind::input) {
            result.push_back(m);
        }
    }
    return result;
}

/// Affine nodes that multiply the layer's input, in order.
constexpr static_vector<int, 32> input_affines(const graph& cell) {
    static_vector<int, 32> result;
    for (int id = 0; id < cell.nodes.size(); ++id) {
        if (cell.nodes[id].kind != node_kind::affine) {
            continue;
        }
        bool reads_input = false;
        for (const int m : cell.affine_of(id).matrices) {
            reads_input = reads_input || cell.nodes[cell.matrices[m].operand].kind == node_kind::input;
        }
        if (reads_input) {
            result.push_back(id);
        }
    }
    return result;
}

/// True if the equations use the input other than in products: then it must be as wide as the cell.
constexpr bool uses_input_pointwise(const graph& cell) {
    const auto is_input = [&](int id) { return cell.nodes[id].kind == node_kind::input; };
    bool found = is_input(cell.output);
    for (const state_entry& s : cell.states) {
        found = found || is_input(s.next);
    }
    for (int i = 0; i < cell.nodes.size(); ++i) {
        if (cell.nodes[i].kind == node_kind::operation) {
            cell.for_each_operand(i, [&](int operand) { found = found || is_input(operand); });
        }
    }
    return found;
}

} // namespace timeloom::declaration
