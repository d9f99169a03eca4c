// What stands around a cell's equations, in generated kernels against the naive reference: masked steps,
// recurrent dropout, truncated backpropagation, final states that other layers read.
#include "../dsl/dsl_cells.hpp"
#include "generated_cell.hpp"
#include "named_cells.hpp"

#include "timeloom/codegen/schedule/processors.hpp"
#include "timeloom/dsl/cells/step_masks.hpp"
#include "timeloom/generators/emit_model.hpp"
#include "timeloom/runtime/layers/dropout_mask.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

constexpr double recurrent_rate = 0.25;

/// What the kernels are generated for.
struct kernel_variant {
    const char* name;
    bool masked = false;
    bool drops = false;
};
constexpr kernel_variant plain{"plain"}, masked{"masked", true}, dropping{"recurrent dropout", false, true},
    both{"masked with recurrent dropout", true, true};

/// One run of the kernels.
struct run_of_shape {
    const char* name;
    cell_shape shape;
    int window = 0;
    bool final_states_are_read = false;
};

constexpr cell_shape units_tail{.features = 7, .units = 20, .timesteps = 6, .rows = 6},
    batch_tail{.features = 7, .units = 20, .timesteps = 4, .rows = 7},
    single_rows{.features = 7, .units = 20, .timesteps = 5, .rows = 2},
    last_output{.features = 7, .units = 20, .timesteps = 6, .rows = 6, .return_sequences = false},
    last_of_one_step{.features = 7, .units = 20, .timesteps = 1, .rows = 6, .return_sequences = false},
    pieces_of_time{.features = 100, .units = 64, .timesteps = 19, .rows = 66},
    unroll_tail{.features = 3, .units = 8, .timesteps = 7, .rows = 6},
    units_below_lane{.features = 2, .units = 3, .timesteps = 5, .rows = 12};

declaration::graph equations_of(const declaration::graph& cell, const kernel_variant& variant) {
    const declaration::graph dropping_cell = variant.drops ? declaration::with_recurrent_dropout(cell) : cell;
    return variant.masked ? declaration::with_step_mask(dropping_cell) : dropping_cell;
}

CompiledNetwork kernels_of(const declaration::graph& cell, const kernel_variant& variant,
                           const cell_shape& shape, const std::string& target, int unroll = 1) {
    declaration::network network =
        network_of(cell, shape.features, shape.units, shape.timesteps, shape.return_sequences, unroll);
    network.layers[0].cell = declaration::differentiate(equations_of(cell, variant));
    network.layers[0].recurrent_rate = variant.drops ? recurrent_rate : 0;
    return CompiledNetwork(network, {target}, kernels_for(shape.rows));
}

/// A third of the steps are masked: among them the first one of the first row, and all of the third row.
values random_mask(const cell_shape& shape) {
    Random random(5);
    values mask(shape.timesteps, shape.rows, 1);
    for (int t = 0; t < shape.timesteps; ++t) {
        for (int b = 0; b < shape.rows; ++b) {
            const bool is_masked = random.below(3) == 0 || b == 2 || (b == 0 && t == 0);
            mask.at(t, b, 0) = is_masked ? 0 : 1;
        }
    }
    return mask;
}

/// The numbers that a training step draws: those of the first layer, 2^14 streams behind its own dropout's.
values drawn_mask(const cell_shape& shape) {
    const int stride = std::max(4, plan::padded(shape.units));
    values mask(1, shape.rows, shape.units);
    std::vector<float> row(static_cast<std::size_t>(stride));
    for (int b = 0; b < shape.rows; ++b) {
        fill_dropout_mask({.training = true}, 1 << 14, recurrent_rate,
                          static_cast<std::size_t>(b) * row.size(), row);
        for (int u = 0; u < shape.units; ++u) {
            mask.at(0, b, u) = row[static_cast<std::size_t>(u)];
        }
    }
    return mask;
}

cell_problem problem_of(const declaration::graph& cell, const kernel_variant& variant,
                        const run_of_shape& run) {
    cell_problem problem = random_problem(cell, run.shape, 7);
    problem.window = run.window;
    if (variant.masked) {
        problem.mask = random_mask(run.shape);
    }
    if (variant.drops) {
        problem.recurrent_mask = drawn_mask(run.shape);
    }
    if (run.final_states_are_read) {
        const cell_problem other = random_problem(
            cell, {run.shape.features, run.shape.units, run.shape.timesteps, run.shape.rows, true}, 8);
        problem.final_states_are_read = true;
        problem.diff_final = other.diff_final;
    }
    return problem;
}

void compare(const CompiledNetwork& kernels, const named_cell& cell, const kernel_variant& variant,
             const run_of_shape& run) {
    const cell_problem problem = problem_of(cell.graph, variant, run);
    cell_problem inference = problem;
    inference.recurrent_mask = {};
    cell_solution expected = solve(problem);
    const cell_solution expected_inference = solve(inference);
    expected.nodes.clear(); // their numbers are those of other equations
    const generated_solution generated = run_generated(kernels, problem);
    for (const compared_tensor& tensor : tensors_of(kernels.network().layers[0].cell, expected, generated,
                                                    run.shape.return_sequences, &expected_inference)) {
        INFO(cell.name << ", " << variant.name << ", " << run.name << ", " << tensor.name
                       << ": largest error " << largest_difference(*tensor.expected, *tensor.generated)
                       << " of magnitude " << largest(*tensor.expected));
        CHECK(error_in_tolerances(tensor, run.shape) <= 1);
    }
}

void compare(const named_cell& cell, const kernel_variant& variant, const std::vector<run_of_shape>& runs,
             const std::string& target = best_target(), int unroll = 1) {
    const CompiledNetwork kernels = kernels_of(cell.graph, variant, runs[0].shape, target, unroll);
    for (const run_of_shape& run : runs) {
        compare(kernels, cell, variant, run);
    }
}

/// An LSTM, and a GRU with a product of a product.
std::vector<named_cell> gated_cells() { return {named_cells()[1], named_cells()[3]}; }

/// Cells with something that the named ones lack.
std::vector<named_cell> more_cells() {
    using namespace timeloom::declaration;
    const graph gated = declaration::cell<"gated_output">([](inputs x, state<"h"> h) {
        const auto next_h = tanh(affine<"h">(x, h));
        return output(next_h * sigmoid(affine<"o">(next_h)), next(h = next_h));
    });
    return {{"peephole_lstm", peephole_lstm_cell}, {"delay", delay_cell}, {"output_is_no_state", gated}};
}

} // namespace

TEST_CASE("at masked steps states and outputs stay as they were, forward and backward") {
    for (const named_cell& cell : named_cells()) {
        compare(cell, masked,
                {{"units_tail", units_tail}, {"batch_tail", batch_tail}, {"windows of 2", units_tail, 2}});
    }
    for (const named_cell& cell : gated_cells()) {
        compare(cell, masked,
                {{"last_output", last_output},
                 {"windows of 4", last_output, 4},
                 {"states read", last_output, 0, true}});
    }
}

TEST_CASE("recurrent dropout multiplies what recurrent matrices multiply, while training") {
    for (const named_cell& cell : gated_cells()) {
        compare(cell, dropping,
                {{"units_tail", units_tail}, {"batch_tail", batch_tail}, {"windows of 4", units_tail, 4}});
    }
}

TEST_CASE("masks and recurrent dropout together") {
    for (const named_cell& cell : named_cells()) {
        compare(cell, both, {{"single_rows", single_rows}, {"windows of 2", single_rows, 2}});
    }
    compare(
        named_cells()[1], both,
        {{"unroll_tail", unroll_tail}, {"windows of 2", unroll_tail, 2}, {"windows of 3", unroll_tail, 3}},
        best_target(), 3);
}

TEST_CASE("windows of several pieces of time") {
    compare(gated_cells().front(), plain, {{"windows of 12", pieces_of_time, 12}});
}

TEST_CASE("truncated backpropagation, and final states that other layers read") {
    for (const named_cell& cell : gated_cells()) {
        compare(cell, plain,
                {{"windows of 1", units_tail, 1},
                 {"windows of 4", units_tail, 4},
                 {"windows of 6", units_tail, 6},
                 {"windows of 9", units_tail, 9},
                 {"batch_tail, windows of 3", batch_tail, 3}});
        compare(cell, plain,
                {{"one step, states read", last_of_one_step, 0, true},
                 {"last output, states read", last_output, 0, true},
                 {"windows of 4, states read", last_output, 4, true},
                 {"windows of 5", last_output, 5}});
    }
}

TEST_CASE("cells with peepholes, with states that only change places, with an output that is no state") {
    for (const named_cell& cell : more_cells()) {
        compare(cell, both, {{"units_below_lane", units_below_lane}, {"windows of 2", units_below_lane, 2}});
    }
    for (const kernel_variant& variant : {plain, both}) {
        compare(more_cells().back(), variant,
                {{"last_output", last_output}, {"windows of 4", last_output, 4}});
    }
}

TEST_CASE("masks and recurrent dropout on every other target") {
    for (const std::string& target : codegen::default_targets()) {
        if (target == best_target() || !missing_features(target).empty()) {
            continue;
        }
        for (const named_cell& cell : gated_cells()) {
            compare(cell, both,
                    {{"units_tail", units_tail}, {"batch_tail", batch_tail}, {"windows of 4", units_tail, 4}},
                    target);
        }
    }
}
