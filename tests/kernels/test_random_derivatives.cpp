// Derivation over random cells against the tape, in double precision and without code generation.
#include "derived_cell.hpp"
#include "named_cells.hpp"
#include "random_cells.hpp"

#include "timeloom/dsl/cells/print.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// Largest error of a gradient relative to the largest gradient of its tensor, or to one.
double largest_error(const cell_solution& expected, const cell_solution& derived) {
    double worst = 0;
    const auto compare = [&](const values& e, const values& d) {
        worst = std::max(worst, largest_difference(e, d) / std::max(1.0, largest(e)));
    };
    for (std::size_t i = 0; i < expected.diff_matrices.size(); ++i) {
        compare(expected.diff_matrices[i], derived.diff_matrices[i]);
    }
    for (std::size_t i = 0; i < expected.diff_vectors.size(); ++i) {
        compare(expected.diff_vectors[i], derived.diff_vectors[i]);
    }
    for (std::size_t i = 0; i < expected.diff_initial.size(); ++i) {
        compare(expected.diff_initial[i], derived.diff_initial[i]);
    }
    compare(expected.diff_input, derived.diff_input);
    return worst;
}

} // namespace

TEST_CASE("the derived gradients of the named cells are the tape's") {
    for (const named_cell& c : named_cells()) {
        const cell_problem p = random_problem(
            c.graph, {.features = 3, .units = 4, .timesteps = 5, .rows = 2, .return_sequences = true}, 5);
        const cell_solution expected = solve(p);
        INFO(c.name);
        CHECK(largest_error(expected, solve_derived(declaration::differentiate(c.graph), p, expected)) <
              1e-12);
    }
}

TEST_CASE("the derived gradients of random cells are the tape's") {
    const auto property = [] {
        const auto choices = *rc::gen::container<std::vector<int>>(
            64, rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 960)));
        const auto pointwise_input = *rc::gen::arbitrary<bool>();
        const declaration::graph cell = random_cell(choices, pointwise_input);
        RC_LOG() << declaration::print(cell).view();
        const cell_shape shape{.features = pointwise_input ? 3 : 2,
                               .units = 3,
                               .timesteps = 3,
                               .rows = 2,
                               .return_sequences = *rc::gen::arbitrary<bool>()};
        const cell_problem p = random_problem(cell, shape, *rc::gen::inRange(0, 1000));
        const cell_solution expected = solve(p);
        RC_PRE(expected.kink_distance > 1e-9);
        const double error =
            largest_error(expected, solve_derived(declaration::differentiate(cell), p, expected));
        RC_LOG() << "largest error " << error;
        RC_ASSERT(error < 1e-10);
    };
    CHECK(rc::check("the derived gradients of random cells are the tape's", property));
}
