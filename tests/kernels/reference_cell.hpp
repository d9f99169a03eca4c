// A cell run over time by naive loops in double precision, with gradients from the tape: what generated
// kernels are compared with. Shares no code with derivation and code generation.
#pragma once

#include "tape.hpp"

#include "timeloom/dsl/cells/graph.hpp"

#include <cstdint>
#include <vector>

namespace timeloom::tests {

/// Numbers over (timesteps, rows, width); a matrix has one time step, a vector also one row.
struct values {
    int timesteps = 0;
    int rows = 0;
    int width = 0;
    std::vector<double> data;

    values() = default;
    values(int t, int b, int w)
        : timesteps(t), rows(b), width(w),
          data(static_cast<std::size_t>(t) * static_cast<std::size_t>(b) * static_cast<std::size_t>(w)) {}

    double& at(int t, int b, int u) { return data[position(t, b, u)]; }
    double at(int t, int b, int u) const { return data[position(t, b, u)]; }

  private:
    std::size_t position(int t, int b, int u) const {
        return (static_cast<std::size_t>(t) * rows + static_cast<std::size_t>(b)) * width +
               static_cast<std::size_t>(u);
    }
};

/// The sizes of one test case.
struct cell_shape {
    int features = 0;
    int units = 0;
    int timesteps = 1;
    int rows = 1;
    bool return_sequences = true;
};

/// Everything a cell run over time depends on. The loss is Σ output · diff_output + Σ final state ·
/// diff_final, where only the last output counts without return_sequences.
struct cell_problem {
    declaration::graph cell;
    cell_shape shape;
    std::vector<values> matrices, vectors; ///< by number in the graph
    values input;
    std::vector<values> initial; ///< by state
    values diff_output;
    std::vector<values> diff_final; ///< by state

    // ---- What stands around the equations; nothing unless it is set ----

    values mask;           ///< (timesteps, rows, 1): 0 where states and output stay as they were
    values recurrent_mask; ///< (1, rows, units): what all but the input is multiplied by before a matrix
    int window = 0;        ///< states are constants to the gradient where a window of so many steps begins
    bool final_states_are_read =
        false; ///< diff_final holds for the output too where only the last one counts
};

/// What comes out of a cell: the same from the reference, the derived backward step and generated kernels.
struct cell_solution {
    double loss = 0;
    std::vector<values> states; ///< by state: after each step
    values output;
    std::vector<values> nodes; ///< by node of the graph; filled where the graph was interpreted
    std::vector<values> diff_matrices, diff_vectors;
    values diff_input;
    std::vector<values> diff_initial;
    double kink_distance = 1e30; ///< how close min, max, abs, relu or greater came to their kink
};

template <class T>
using row_of = std::vector<T>;

template <class T>
struct cell_parameters {
    std::vector<std::vector<row_of<T>>> matrices; ///< [matrix][row][unit]
    std::vector<row_of<T>> vectors;               ///< [vector][unit]
    row_of<double> recurrent_mask;                ///< of the row of the batch; empty: ones
};

/// One time step of one row.
template <class T>
struct step_values {
    std::vector<row_of<T>> states;
    row_of<T> output;
    std::vector<row_of<T>> nodes;
};

/// Parameters, inputs and states drawn evenly from ranges in which gates are neither flat nor exploding, all
/// of them exact in float.
cell_problem random_problem(const declaration::graph& cell, const cell_shape& shape, std::uint64_t seed);

/// Outputs, states and gradients of the graph, node by node.
cell_solution solve(const cell_problem& problem);

/// Value of an operation node whose operands have the values a (and b).
double apply_operation(const declaration::node& operation, double a, double b);

/// The loss alone, without a tape.
double loss_of(const cell_problem& problem);

/// The largest of the magnitudes.
double largest(const values& v);
double largest_difference(const values& a, const values& b);

} // namespace timeloom::tests
