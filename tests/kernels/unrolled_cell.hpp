// The loops over rows and time steps around the equations of a cell.
#pragma once

#include "reference_cell.hpp"

#include <algorithm>

namespace timeloom::tests {

namespace detail {

inline row_of<double> row_at(const values& v, int t, int b) {
    row_of<double> result;
    for (int u = 0; u < v.width; ++u) {
        result.push_back(v.at(t, b, u));
    }
    return result;
}

template <class T, class Make>
row_of<T> made(const row_of<double>& numbers, Make&& make) {
    row_of<T> result;
    for (const double x : numbers) {
        result.push_back(make(x));
    }
    return result;
}

template <class T, class Make>
cell_parameters<T> made_parameters(const cell_problem& p, Make&& make) {
    cell_parameters<T> result;
    for (const values& m : p.matrices) {
        auto& rows = result.matrices.emplace_back();
        for (int k = 0; k < m.rows; ++k) {
            rows.push_back(made<T>(row_at(m, 0, k), make));
        }
    }
    for (const values& v : p.vectors) {
        result.vectors.push_back(made<T>(row_at(v, 0, 0), make));
    }
    return result;
}

template <class T>
void store(values& v, int t, int b, const row_of<T>& row) {
    for (int u = 0; u < v.width; ++u) {
        v.at(t, b, u) = value_of(row[static_cast<std::size_t>(u)]);
    }
}

/// One row of the batch through all time steps.
template <class T>
struct unrolled_row {
    cell_parameters<T> parameters;
    std::vector<row_of<T>> inputs;  ///< by time step
    std::vector<row_of<T>> initial; ///< by state
    std::vector<step_values<T>> steps;

    template <class Step, class Make>
    unrolled_row(const cell_problem& p, int b, const Step& step, Make&& make)
        : parameters(made_parameters<T>(p, make)) {
        for (const values& s : p.initial) {
            initial.push_back(made<T>(row_at(s, 0, b), make));
        }
        if (!p.recurrent_mask.data.empty()) {
            parameters.recurrent_mask = row_at(p.recurrent_mask, 0, b);
        }
        step_values<T> before{initial, output_before(p), {}};
        for (int t = 0; t < p.shape.timesteps; ++t) {
            inputs.push_back(made<T>(row_at(p.input, t, b), make));
            if (t > 0 && p.window > 0 && t % p.window == 0) {
                before = as_constants(before);
            }
            const bool counts = p.mask.data.empty() || p.mask.at(t, b, 0) != 0;
            before = counts ? step(inputs.back(), before.states, parameters) : before;
            steps.push_back(before);
        }
    }

    /// What a masked first step hands on: the state that the output is, or zeros.
    row_of<T> output_before(const cell_problem& p) const {
        for (std::size_t s = 0; s < initial.size(); ++s) {
            if (p.cell.states[static_cast<int>(s)].next == p.cell.output) {
                return initial[s];
            }
        }
        return row_of<T>(static_cast<std::size_t>(p.shape.units), T(0.0));
    }

    static step_values<T> as_constants(step_values<T> values) {
        const auto forget = [](row_of<T>& row) {
            for (T& x : row) {
                x = T(value_of(x));
            }
        };
        std::ranges::for_each(values.states, forget);
        forget(values.output);
        return values;
    }

    /// Calls f(result, its gradient) for all that the loss is made of.
    template <class F>
    void for_each_result(const cell_problem& p, int b, F&& f) const {
        const int steps_given = p.diff_output.timesteps;
        const int first = p.shape.timesteps - steps_given;
        for (int t = 0; t < steps_given; ++t) {
            for (int u = 0; u < p.shape.units; ++u) {
                f(steps[static_cast<std::size_t>(first + t)].output[static_cast<std::size_t>(u)],
                  p.diff_output.at(t, b, u));
            }
        }
        for (std::size_t s = 0; s < initial.size(); ++s) {
            for (int u = 0; u < p.shape.units; ++u) {
                f(steps.back().states[s][static_cast<std::size_t>(u)], p.diff_final[s].at(0, b, u));
            }
        }
    }
};

inline void add_gradient(values& v, int t, int b, const row_of<Variable>& row,
                         const std::vector<double>& gradient) {
    for (int u = 0; u < v.width; ++u) {
        v.at(t, b, u) += gradient[static_cast<std::size_t>(row[static_cast<std::size_t>(u)].entry)];
    }
}

inline cell_solution empty_solution(const cell_problem& p) {
    cell_solution s;
    const int steps = p.shape.timesteps;
    s.states.assign(p.initial.size(), values(steps, p.shape.rows, p.shape.units));
    s.output = values(steps, p.shape.rows, p.shape.units);
    for (const values& m : p.matrices) {
        s.diff_matrices.emplace_back(1, m.rows, m.width);
    }
    for (const values& v : p.vectors) {
        s.diff_vectors.emplace_back(1, 1, v.width);
    }
    s.diff_input = values(steps, p.shape.rows, p.shape.features);
    s.diff_initial.assign(p.initial.size(), values(1, p.shape.rows, p.shape.units));
    return s;
}

inline void keep_gradients(cell_solution& solution, int b, const unrolled_row<Variable>& row,
                           const std::vector<double>& gradient) {
    for (std::size_t m = 0; m < solution.diff_matrices.size(); ++m) {
        for (int k = 0; k < solution.diff_matrices[m].rows; ++k) {
            add_gradient(solution.diff_matrices[m], 0, k,
                         row.parameters.matrices[m][static_cast<std::size_t>(k)], gradient);
        }
    }
    for (std::size_t v = 0; v < solution.diff_vectors.size(); ++v) {
        add_gradient(solution.diff_vectors[v], 0, 0, row.parameters.vectors[v], gradient);
    }
    for (int t = 0; t < solution.diff_input.timesteps; ++t) {
        add_gradient(solution.diff_input, t, b, row.inputs[static_cast<std::size_t>(t)], gradient);
    }
    for (std::size_t s = 0; s < solution.diff_initial.size(); ++s) {
        add_gradient(solution.diff_initial[s], 0, b, row.initial[s], gradient);
    }
}

} // namespace detail

/// Runs `step` over all rows and time steps and differentiates the loss. Rows share nothing but parameters,
/// so each has a tape of its own.
template <class Step>
cell_solution solve_with(const cell_problem& p, const Step& step) {
    cell_solution solution = detail::empty_solution(p);
    for (int b = 0; b < p.shape.rows; ++b) {
        Tape tape;
        const detail::unrolled_row<Variable> row(p, b, step, [&](double x) { return Variable(x, tape); });
        for (int t = 0; t < p.shape.timesteps; ++t) {
            const step_values<Variable>& now = row.steps[static_cast<std::size_t>(t)];
            for (std::size_t s = 0; s < now.states.size(); ++s) {
                detail::store(solution.states[s], t, b, now.states[s]);
            }
            detail::store(solution.output, t, b, now.output);
            solution.nodes.resize(now.nodes.size(), values(p.shape.timesteps, p.shape.rows, p.shape.units));
            for (std::size_t i = 0; i < now.nodes.size(); ++i) {
                if (now.nodes[i].size() >= static_cast<std::size_t>(p.shape.units)) {
                    detail::store(solution.nodes[i], t, b, now.nodes[i]);
                }
            }
        }
        std::vector<double> gradient(tape.size());
        row.for_each_result(p, b, [&](const Variable& result, double diff) {
            solution.loss += result.value * diff;
            if (result.entry >= 0) {
                gradient[static_cast<std::size_t>(result.entry)] += diff;
            }
        });
        tape.run_back(gradient);
        detail::keep_gradients(solution, b, row, gradient);
    }
    return solution;
}

/// The loss alone, for finite differences.
template <class Step>
double loss_with(const cell_problem& p, const Step& step) {
    double loss = 0;
    for (int b = 0; b < p.shape.rows; ++b) {
        const detail::unrolled_row<double> row(p, b, step, [](double x) { return x; });
        row.for_each_result(p, b, [&](double result, double diff) { loss += result * diff; });
    }
    return loss;
}

} // namespace timeloom::tests
