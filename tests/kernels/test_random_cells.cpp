// Generated kernels of random cells against the naive reference.
#include "generated_cell.hpp"
#include "random_cells.hpp"

#include "timeloom/dsl/cells/print.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace timeloom;
using namespace timeloom::tests;

TEST_CASE("kernels of random cells agree with the reference") {
    double worst = 0;
    const auto property = [&] {
        const auto choices = *rc::gen::container<std::vector<int>>(
            64, rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 960)));
        const auto pointwise_input = *rc::gen::arbitrary<bool>();
        const declaration::graph cell = random_cell(choices, pointwise_input);
        RC_LOG() << declaration::print(cell).view();
        cell_shape shape{.units = *rc::gen::element(3, 5, 8, 18),
                         .timesteps = *rc::gen::element(1, 2, 3),
                         .rows = *rc::gen::element(6, 7, 1),
                         .return_sequences = *rc::gen::arbitrary<bool>()};
        shape.features = pointwise_input ? shape.units : 2;
        const int unroll = *rc::gen::element(1, 2);
        const cell_problem problem = random_problem(cell, shape, *rc::gen::inRange(0, 1000));
        const cell_solution expected = solve(problem);
        RC_PRE(expected.kink_distance > 1e-5);

        const CompiledNetwork compiled(
            network_of(cell, shape.features, shape.units, shape.timesteps, shape.return_sequences, unroll),
            {best_target()}, kernels_for(shape.rows));
        const generated_solution generated = run_generated(compiled, problem);
        for (const compared_tensor& tensor :
             tensors_of(compiled.network().layers[0].cell, expected, generated, shape.return_sequences)) {
            const double error = error_in_tolerances(tensor, shape);
            worst = std::max(worst, error);
            RC_LOG() << tensor.name << ": error in tolerances " << error << ", largest error "
                     << largest_difference(*tensor.expected, *tensor.generated) << " of magnitude "
                     << largest(*tensor.expected) << "\n";
            RC_ASSERT(error <= 1);
        }
    };
    CHECK(rc::check("kernels of random cells agree with the reference", property));
    WARN("largest error: " << worst << " of its tolerance");
}
