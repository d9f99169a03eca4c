#include "derived_cell.hpp"

#include <map>
#include <stdexcept>

namespace timeloom::tests {

namespace {

using declaration::node;
using declaration::node_kind;
using numbers = row_of<double>;

numbers row_at(const values& v, int t, int b) {
    numbers row;
    for (int u = 0; u < v.width; ++u) {
        row.push_back(v.at(t, b, u));
    }
    return row;
}

void add(numbers& to, const numbers& from) {
    for (std::size_t u = 0; u < from.size(); ++u) {
        to[u] += from[u];
    }
}

/// The backward step at one time step of one row.
class BackwardStep {
  public:
    BackwardStep(const declaration::differentiated_cell& cell, const cell_problem& problem,
                 const cell_solution& forward, int t, int b, std::vector<numbers> diff_states)
        : cell_(cell), g_(cell.step), problem_(problem), forward_(forward), t_(t), b_(b),
          diff_states_(std::move(diff_states)) {}

    numbers gate_of_matrix(int m) { return value(cell_.gates[cell_.gate_of_matrix[m]]); }
    numbers diff_vector(int v) { return value(cell_.diff_vector[v].node); }

    /// pointwise part + Σ gate · matrixᵀ
    numbers flow(const declaration::operand_gradient& gradient, int width) {
        numbers result(static_cast<std::size_t>(width));
        if (gradient.pointwise >= 0) {
            add(result, value(gradient.pointwise));
        }
        add(result, transposed(gradient.products, width));
        return result;
    }

    /// What a matrix multiplied, which must be a leaf or stored.
    numbers operand(int id) { return is_computed(g_.nodes[id]) ? stored(id) : value(id); }

  private:
    static bool is_computed(const node& n) {
        return n.kind == node_kind::operation || n.kind == node_kind::affine;
    }

    bool is_stored(int id) const {
        return g_.is_next_state(id) || id == g_.output || cell_.saved.find(id) >= 0;
    }

    numbers stored(int id) const {
        if (!is_stored(id)) {
            throw std::logic_error("the backward step reads node " + std::to_string(id) +
                                   ", which is not in the workspace");
        }
        return row_at(forward_.nodes[static_cast<std::size_t>(id)], t_, b_);
    }

    numbers transposed(const declaration::transposed_sum& sum, int width) {
        numbers result(static_cast<std::size_t>(width));
        for (const int m : sum.matrices) {
            const values& matrix = problem_.matrices[static_cast<std::size_t>(m)];
            const numbers gate = gate_of_matrix(m);
            for (int k = 0; k < width; ++k) {
                for (int u = 0; u < matrix.width; ++u) {
                    result[static_cast<std::size_t>(k)] +=
                        gate[static_cast<std::size_t>(u)] * matrix.at(0, k, u);
                }
            }
        }
        return result;
    }

    numbers value(int id) {
        if (const auto known = known_.find(id); known != known_.end()) {
            return known->second;
        }
        return known_[id] = compute(id);
    }

    numbers compute(int id) {
        const node& n = g_.nodes[id];
        const int units = problem_.shape.units;
        const auto index = static_cast<std::size_t>(n.index);
        const bool is_forward = id < cell_.forward_nodes;
        switch (n.kind) {
        case node_kind::constant:
            return numbers(static_cast<std::size_t>(units), n.constant);
        case node_kind::input:
            return row_at(problem_.input, t_, b_);
        case node_kind::state:
            return t_ == 0 ? row_at(problem_.initial[index], 0, b_)
                           : row_at(forward_.states[index], t_ - 1, b_);
        case node_kind::vector:
            return row_at(problem_.vectors[index], 0, 0);
        case node_kind::diff_output:
            return diff_output();
        case node_kind::diff_state:
            return diff_states_[index];
        case node_kind::transposed:
            return transposed(g_.transposed[n.index], units);
        case node_kind::affine:
            return stored(id);
        case node_kind::operation:
            return is_forward && is_stored(id) ? stored(id) : operation(n);
        default: // masks are not the derivation's matter
            break;
        }
        throw std::logic_error("unknown kind of node");
    }

    numbers operation(const node& n) {
        const numbers a = value(n.a);
        const numbers b = n.b >= 0 ? value(n.b) : a;
        numbers result;
        for (std::size_t u = 0; u < a.size(); ++u) {
            result.push_back(apply_operation(n, a[u], b[u]));
        }
        return result;
    }

    numbers diff_output() const {
        const int first = problem_.shape.timesteps - problem_.diff_output.timesteps;
        return t_ < first ? numbers(static_cast<std::size_t>(problem_.shape.units))
                          : row_at(problem_.diff_output, t_ - first, b_);
    }

    const declaration::differentiated_cell& cell_;
    const declaration::graph& g_;
    const cell_problem& problem_;
    const cell_solution& forward_;
    int t_, b_;
    std::vector<numbers> diff_states_;
    std::map<int, numbers> known_;
};

void add_to_row(values& v, int t, int b, const numbers& row) {
    for (int u = 0; u < v.width; ++u) {
        v.at(t, b, u) += row[static_cast<std::size_t>(u)];
    }
}

cell_solution zero_gradients(const cell_problem& p) {
    cell_solution s;
    for (const values& m : p.matrices) {
        s.diff_matrices.emplace_back(1, m.rows, m.width);
    }
    for (const values& v : p.vectors) {
        s.diff_vectors.emplace_back(1, 1, v.width);
    }
    s.diff_input = values(p.shape.timesteps, p.shape.rows, p.shape.features);
    s.diff_initial.assign(p.initial.size(), values(1, p.shape.rows, p.shape.units));
    return s;
}

} // namespace

cell_solution solve_derived(const declaration::differentiated_cell& cell, const cell_problem& problem,
                            const cell_solution& forward) {
    const declaration::graph& g = cell.step;
    cell_solution solution = zero_gradients(problem);
    for (int b = 0; b < problem.shape.rows; ++b) {
        std::vector<numbers> diff_states;
        for (const values& d : problem.diff_final) {
            diff_states.push_back(row_at(d, 0, b));
        }
        for (int t = problem.shape.timesteps - 1; t >= 0; --t) {
            BackwardStep step(cell, problem, forward, t, b, diff_states);
            for (int m = 0; m < g.matrices.size(); ++m) {
                const numbers operand = step.operand(g.matrices[m].operand);
                const numbers gate = step.gate_of_matrix(m);
                for (std::size_t k = 0; k < operand.size(); ++k) {
                    for (std::size_t u = 0; u < gate.size(); ++u) {
                        solution.diff_matrices[static_cast<std::size_t>(m)].at(
                            0, static_cast<int>(k), static_cast<int>(u)) += operand[k] * gate[u];
                    }
                }
            }
            for (int v = 0; v < g.vectors.size(); ++v) {
                add_to_row(solution.diff_vectors[static_cast<std::size_t>(v)], 0, 0, step.diff_vector(v));
            }
            add_to_row(solution.diff_input, t, b, step.flow(cell.diff_input, problem.shape.features));
            for (int s = 0; s < g.states.size(); ++s) {
                diff_states[static_cast<std::size_t>(s)] = step.flow(cell.diff_state[s], problem.shape.units);
            }
        }
        for (std::size_t s = 0; s < diff_states.size(); ++s) {
            add_to_row(solution.diff_initial[s], 0, b, diff_states[s]);
        }
    }
    return solution;
}

} // namespace timeloom::tests
