// Run-time choice of the target, forced to each in turn. A kernel keeps what it chose at its first call, so
// that each target needs a process of its own; TIMELOOM_TEST_TARGET says which one this is.
#include "generated_cell.hpp"
#include "named_cells.hpp"

#include "timeloom/codegen/schedule/processors.hpp"
#include "timeloom/generators/emit_model.hpp"

#include <catch2/catch.hpp>

#include <HalideRuntime.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// Features of the target that a kernel asked for at its first call.
struct query {
    bool avx512;
    bool avx2;
};
std::vector<query> queries;

enum class forced_target { avx512, avx2, baseline };
forced_target forced;

bool asks_for(const uint64_t* features, halide_target_feature_t feature) {
    return (features[feature / 64] >> (feature % 64) & 1) != 0;
}

/// Says no to whatever is better than the forced target. The baseline is taken without a question.
int answer_query(int, const uint64_t* features) {
    const query q{asks_for(features, halide_target_feature_avx512_skylake),
                  asks_for(features, halide_target_feature_avx2)};
    queries.push_back(q);
    return forced == forced_target::avx512 || (forced == forced_target::avx2 && !q.avx512) ? 1 : 0;
}

std::size_t index_of_forced_target() {
    const char* name = std::getenv("TIMELOOM_TEST_TARGET");
    const std::vector<std::string> names{"avx512", "avx2", "baseline"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (name != nullptr && names[i] == name) {
            return i;
        }
    }
    return names.size() - 1;
}

/// Largest difference of any tensor of two runs.
double difference(const declaration::differentiated_cell& cell, const generated_solution& a,
                  const generated_solution& b) {
    cell_solution left = a.training;
    left.nodes.resize(static_cast<std::size_t>(cell.step.nodes.size()));
    for (int i = 0; i < cell.saved.size(); ++i) {
        left.nodes[static_cast<std::size_t>(cell.saved[i])] = a.workspace[static_cast<std::size_t>(i)];
    }
    double largest = 0;
    for (const compared_tensor& tensor : tensors_of(cell, left, b, true)) {
        largest = std::max(largest, largest_difference(*tensor.expected, *tensor.generated));
    }
    return largest;
}

} // namespace

TEST_CASE("the forced target's kernels run, and compute what the reference does") {
    const std::vector<std::string>& targets = codegen::default_targets();
    REQUIRE(targets.size() == 3);
    const std::size_t index = index_of_forced_target();
    const std::string missing = missing_features(targets[index]);
    if (!missing.empty()) {
        WARN("skipped: this CPU lacks " << missing << " of " << targets[index]);
        return;
    }
    forced = static_cast<forced_target>(index);
    halide_set_custom_can_use_target_features(answer_query);

    const cell_shape shape{.features = 3, .units = 18, .timesteps = 4, .rows = 6, .return_sequences = true};
    const declaration::network network = network_of(declaration::gru_cell(), shape.features, shape.units,
                                                    shape.timesteps, shape.return_sequences);
    const declaration::differentiated_cell& cell = network.layers[0].cell;
    const CompiledNetwork all_targets(network, targets, kernels_for(shape.rows));
    const cell_problem problem = random_problem(declaration::gru_cell(), shape, 3);
    const cell_solution expected = solve(problem);
    const generated_solution generated = run_generated(all_targets, problem);

    for (const compared_tensor& tensor : tensors_of(cell, expected, generated, true)) {
        INFO(targets[index] << ", " << tensor.name);
        CHECK(error_in_tolerances(tensor, shape) <= 1);
    }

    // Each kernel asked once for either target above the baseline.
    const std::size_t kernels = all_targets.plan().kernels.size();
    CHECK(queries.size() == 2 * kernels);
    CHECK(static_cast<std::size_t>(std::ranges::count(queries, true, &query::avx512)) == kernels);
    CHECK(std::ranges::count(queries, false, &query::avx2) == 0);

    // The bits are those of kernels made for the forced target alone, and not those of any other.
    for (const std::string& target : runnable_targets()) {
        const CompiledNetwork only(network, {target}, kernels_for(shape.rows));
        INFO("dispatched to " << targets[index] << ", beside kernels made for " << target);
        const bool same = difference(cell, run_generated(only, problem), generated) == 0;
        CHECK(same == (target == targets[index]));
    }
    CHECK(queries.size() == 2 * kernels);
}
