// Run-time choice of the target, forced to each in turn. A kernel keeps what it chose at its first call, so
// that each target needs a process of its own; TIMELOOM_TEST_TARGET says which one this is.
#include "generated_cell.hpp"
#include "named_cells.hpp"

#include "timeloom/generators/emit_model.hpp"

#include <catch2/catch.hpp>

#include <HalideRuntime.h>

#include <cstdlib>
#include <string>
#include <vector>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// What a kernel asked at its first call, and the answer.
struct query {
    bool avx512;
    bool avx2;
    bool answer;
};
std::vector<query> queries;

enum class forced_target { avx512, avx2, baseline };
forced_target forced;

bool asks_for(const uint64_t* features, halide_target_feature_t feature) {
    return (features[feature / 64] >> (feature % 64) & 1) != 0;
}

/// Says no to whatever is better than the forced target. The baseline is taken without a question.
int answer_query(int, const uint64_t* features) {
    query q{asks_for(features, halide_target_feature_avx512_skylake),
            asks_for(features, halide_target_feature_avx2), false};
    q.answer = forced == forced_target::avx512 || (forced == forced_target::avx2 && !q.avx512);
    queries.push_back(q);
    return q.answer ? 1 : 0;
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
double difference(const dsl::differentiated_cell& cell, const generated_solution& a,
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
    const std::vector<std::string>& targets = generators::default_targets();
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
    const dsl::network network =
        network_of(dsl::gru_cell(), shape.features, shape.units, shape.timesteps, shape.return_sequences);
    const dsl::differentiated_cell& cell = network.layers[0].cell;
    const CompiledNetwork all_targets(network, targets, kernels_for(shape.rows));
    const cell_problem problem = random_problem(dsl::gru_cell(), shape, 3);
    const cell_solution expected = solve(problem);
    const generated_solution generated = run_generated(all_targets, problem);

    for (const compared_tensor& tensor : tensors_of(cell, expected, generated, true)) {
        INFO(targets[index] << ", " << tensor.name);
        CHECK(error_in_tolerances(tensor, shape) <= 1);
    }

    // Each kernel asked once for every target down to the forced one, whose answer alone was yes.
    const std::size_t asked = forced == forced_target::avx512 ? 1 : 2;
    REQUIRE(queries.size() == asked * all_targets.table().entries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
        CHECK(queries[i].avx2);
        CHECK(queries[i].avx512 == (i % asked == 0));
        CHECK(queries[i].answer == (i % asked == index));
    }

    // The same bits as kernels made for the forced target alone.
    const CompiledNetwork only_target(network, {targets[index]}, kernels_for(shape.rows));
    CHECK(difference(cell, run_generated(only_target, problem), generated) == 0);
    CHECK(queries.size() == asked * all_targets.table().entries.size());
}
