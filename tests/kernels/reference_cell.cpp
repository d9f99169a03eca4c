#include "reference_cell.hpp"

#include "unrolled_cell.hpp"

#include "timeloom/dsl/cells/ops.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace timeloom::tests {

namespace {

using declaration::node;
using declaration::node_kind;

/// The operation's name is all that is read of the table.
std::string_view name_of(const node& n) {
    std::string_view name;
    declaration::visit_operation(n.index, [&](auto op) { name = op.name; });
    return name;
}

std::logic_error unknown(std::string_view operation) {
    return std::logic_error("the reference does not know the operation " + std::string(operation));
}

/// True if a > b; lowers `kink_distance` to how nearly it is otherwise.
template <class T>
bool is_greater(const T& a, const T& b, double& kink_distance) {
    kink_distance = std::min(kink_distance, std::abs(value_of(a) - value_of(b)));
    return value_of(a) > value_of(b);
}

template <class T>
T unary(std::string_view name, const T& x, double& kink_distance) {
    using std::exp;
    using std::log;
    using std::sqrt;
    using std::tanh;
    if (name == "-") {
        return -x;
    }
    if (name == "abs") {
        return is_greater(x, T(0.0), kink_distance) ? x : -x;
    }
    if (name == "relu") {
        return is_greater(x, T(0.0), kink_distance) ? x : T(0.0);
    }
    if (name == "softplus") {
        return log(T(1.0) + exp(x));
    }
    return name == "exp"       ? exp(x)
           : name == "log"     ? log(x)
           : name == "sqrt"    ? sqrt(x)
           : name == "tanh"    ? tanh(x)
           : name == "sigmoid" ? logistic(x)
                               : throw unknown(name);
}

template <class T>
T binary(std::string_view name, const T& a, const T& b, double& kink_distance) {
    if (name == "greater") {
        return is_greater(a, b, kink_distance) ? T(1.0) : T(0.0);
    }
    if (name == "min") {
        return is_greater(a, b, kink_distance) ? b : a;
    }
    if (name == "max") {
        return is_greater(b, a, kink_distance) ? b : a;
    }
    return name == "+"   ? a + b
           : name == "-" ? a - b
           : name == "*" ? a * b
           : name == "/" ? a / b
                         : throw unknown(name);
}

/// Evaluates a graph node by node.
class Interpreter {
  public:
    Interpreter(const declaration::graph& g, int units, double& kink_distance)
        : g_(g), units_(static_cast<std::size_t>(units)), kink_distance_(kink_distance) {}

    template <class T>
    step_values<T> operator()(const row_of<T>& x, const std::vector<row_of<T>>& states,
                              const cell_parameters<T>& parameters) const {
        step_values<T> result;
        for (const node& n : g_.nodes) {
            result.nodes.push_back(evaluate(n, result.nodes, x, states, parameters));
        }
        for (const declaration::state_entry& s : g_.states) {
            result.states.push_back(result.nodes[static_cast<std::size_t>(s.next)]);
        }
        result.output = result.nodes[static_cast<std::size_t>(g_.output)];
        return result;
    }

  private:
    template <class T>
    row_of<T> evaluate(const node& n, const std::vector<row_of<T>>& nodes, const row_of<T>& x,
                       const std::vector<row_of<T>>& states, const cell_parameters<T>& parameters) const {
        const auto index = static_cast<std::size_t>(n.index);
        switch (n.kind) {
        case node_kind::constant:
            return row_of<T>(units_, T(n.constant));
        case node_kind::input:
            return x;
        case node_kind::state:
            return states[index];
        case node_kind::vector:
            return parameters.vectors[index];
        case node_kind::affine:
            return affine(g_.affines[n.index], nodes, parameters);
        case node_kind::operation:
            return operation(n, nodes);
        default:
            throw std::logic_error("a forward graph has no gradients");
        }
    }

    template <class T>
    row_of<T> affine(const declaration::affine_sum& sum, const std::vector<row_of<T>>& nodes,
                     const cell_parameters<T>& parameters) const {
        row_of<T> result(units_, T(0.0));
        for (std::size_t u = 0; u < units_; ++u) {
            for (const int m : sum.matrices) {
                const row_of<T>& operand = nodes[static_cast<std::size_t>(g_.matrices[m].operand)];
                const auto& matrix = parameters.matrices[static_cast<std::size_t>(m)];
                const bool is_kept = is_input(m) || parameters.recurrent_mask.empty();
                for (std::size_t k = 0; k < operand.size(); ++k) {
                    const T value = is_kept ? operand[k] : operand[k] * T(parameters.recurrent_mask[k]);
                    result[u] = result[u] + value * matrix[k][u];
                }
            }
            for (const int v : sum.biases) {
                result[u] = result[u] + parameters.vectors[static_cast<std::size_t>(v)][u];
            }
        }
        return result;
    }

    bool is_input(int matrix) const { return g_.nodes[g_.matrices[matrix].operand].kind == node_kind::input; }

    template <class T>
    row_of<T> operation(const node& n, const std::vector<row_of<T>>& nodes) const {
        const std::string_view name = name_of(n);
        row_of<T> result;
        for (std::size_t u = 0; u < units_; ++u) {
            const T& a = nodes[static_cast<std::size_t>(n.a)][u];
            result.push_back(n.b < 0
                                 ? unary(name, a, kink_distance_)
                                 : binary(name, a, nodes[static_cast<std::size_t>(n.b)][u], kink_distance_));
        }
        return result;
    }

    const declaration::graph& g_;
    std::size_t units_;
    double& kink_distance_;
};

values random_values(Random& random, int timesteps, int rows, int width, float magnitude) {
    values v(timesteps, rows, width);
    for (double& x : v.data) {
        x = random.uniform(-magnitude, magnitude);
    }
    return v;
}

} // namespace

cell_problem random_problem(const declaration::graph& cell, const cell_shape& shape, std::uint64_t seed) {
    Random random(seed);
    cell_problem p;
    p.cell = cell;
    p.shape = shape;
    for (const declaration::matrix& m : cell.matrices) {
        const int rows = cell.nodes[m.operand].kind == node_kind::input ? shape.features : shape.units;
        p.matrices.push_back(random_values(random, 1, rows, shape.units, 1.5f / std::sqrt(float(rows))));
    }
    for (int v = 0; v < cell.vectors.size(); ++v) {
        p.vectors.push_back(random_values(random, 1, 1, shape.units, 0.5f));
    }
    p.input = random_values(random, shape.timesteps, shape.rows, shape.features, 1.0f);
    p.diff_output =
        random_values(random, shape.return_sequences ? shape.timesteps : 1, shape.rows, shape.units, 1.0f);
    for (int s = 0; s < cell.states.size(); ++s) {
        p.initial.push_back(random_values(random, 1, shape.rows, shape.units, 0.8f));
        // Where only the last output is handed on, its gradient is that of the final state.
        const bool is_output = !shape.return_sequences && cell.states[s].next == cell.output;
        p.diff_final.push_back(random_values(random, 1, shape.rows, shape.units, is_output ? 0.0f : 1.0f));
    }
    return p;
}

double apply_operation(const declaration::node& operation, double a, double b) {
    double kink_distance = 0;
    return operation.b < 0 ? unary(name_of(operation), a, kink_distance)
                           : binary(name_of(operation), a, b, kink_distance);
}

cell_solution solve(const cell_problem& problem) {
    double kink_distance = cell_solution{}.kink_distance;
    cell_solution solution =
        solve_with(problem, Interpreter(problem.cell, problem.shape.units, kink_distance));
    solution.kink_distance = kink_distance;
    return solution;
}

double loss_of(const cell_problem& problem) {
    double kink_distance = 0;
    return loss_with(problem, Interpreter(problem.cell, problem.shape.units, kink_distance));
}

namespace {

/// The larger of two magnitudes; infinite when `x` is not a number.
double larger(double result, double x) {
    return std::isnan(x) ? std::numeric_limits<double>::infinity() : std::max(result, std::abs(x));
}

} // namespace

double largest(const values& v) {
    double result = 0;
    for (const double x : v.data) {
        result = larger(result, x);
    }
    return result;
}

double largest_difference(const values& a, const values& b) {
    if (a.data.size() != b.data.size()) {
        throw std::logic_error("values of different sizes are compared");
    }
    double result = 0;
    for (std::size_t i = 0; i < a.data.size(); ++i) {
        result = larger(result, a.data[i] - b.data[i]);
    }
    return result;
}

} // namespace timeloom::tests
