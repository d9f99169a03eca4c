// Generated kernels against the naive reference: every cell in every shape of a table, on every target.
#include "generated_cell.hpp"
#include "named_cells.hpp"

#include "timeloom/codegen/schedule/processors.hpp"
#include "timeloom/generators/emit_model.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <set>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

struct named_shape {
    const char* name;
    cell_shape shape;
    int unroll = 1;
};

/// Each named for what it hits.
constexpr named_shape shapes[] = {
    {"units_tail", {.features = 7, .units = 20, .timesteps = 6, .rows = 6}},
    {"one_time_step", {.features = 7, .units = 20, .timesteps = 1, .rows = 6}},
    {"batch_tail", {.features = 7, .units = 20, .timesteps = 4, .rows = 7}},
    {"batch_1", {.features = 9, .units = 20, .timesteps = 6, .rows = 1}},
    {"batch_2_ahead", {.features = 9, .units = 20, .timesteps = 19, .rows = 2}},
    {"single_rows", {.features = 7, .units = 20, .timesteps = 3, .rows = 2}},
    {"last_output", {.features = 7, .units = 20, .timesteps = 6, .rows = 6, .return_sequences = false}},
    {"units_below_lane", {.features = 2, .units = 3, .timesteps = 5, .rows = 12}},
    {"long_sequence", {.features = 2, .units = 3, .timesteps = 200, .rows = 6}},
    {"one_unit_one_feature", {.features = 1, .units = 1, .timesteps = 4, .rows = 6}},
    {"units_17_two_blocks", {.features = 16, .units = 17, .timesteps = 4, .rows = 6}},
    {"unroll_tail", {.features = 3, .units = 8, .timesteps = 7, .rows = 6}, 3},
    {"units_64_features_100", {.features = 100, .units = 64, .timesteps = 3, .rows = 6}},
    {"pieces_of_time", {.features = 100, .units = 64, .timesteps = 12, .rows = 66}},
};

/// Kernels know neither rows nor time steps, so that several shapes share them.
class KernelCache {
  public:
    const CompiledNetwork& kernels(const named_cell& cell, const named_shape& s, const std::string& target) {
        const cell_shape& shape = s.shape;
        const bool whole_tiles = padded_rows(shape.rows) % tests::row_tile() == 0;
        auto& network = networks_[{cell.name, shape.features, shape.units, s.unroll, shape.return_sequences,
                                   whole_tiles, target}];
        if (network == nullptr) {
            network = std::make_unique<CompiledNetwork>(network_of(cell.graph, shape.features, shape.units,
                                                                   shape.timesteps, shape.return_sequences,
                                                                   s.unroll),
                                                        std::vector{target}, kernels_for(shape.rows));
        }
        return *network;
    }

  private:
    using Key = std::tuple<std::string, int, int, int, bool, bool, std::string>;
    std::map<Key, std::unique_ptr<CompiledNetwork>> networks_;
};

struct worst_case {
    double error = 0; ///< in tolerances
    std::string name;
};

void compare(const CompiledNetwork& compiled, const named_cell& cell, const named_shape& s,
             worst_case& worst) {
    const cell_problem problem = random_problem(cell.graph, s.shape, 7);
    const cell_solution expected = solve(problem);
    declaration::network network = compiled.network();
    const generated_solution generated = run_generated(compiled, problem);
    for (const compared_tensor& tensor :
         tensors_of(network.layers[0].cell, expected, generated, s.shape.return_sequences)) {
        const double error = error_in_tolerances(tensor, s.shape);
        INFO(cell.name << ", " << s.name << ", " << tensor.name << ": largest error "
                       << largest_difference(*tensor.expected, *tensor.generated) << " of magnitude "
                       << largest(*tensor.expected) << ", in tolerances " << error);
        CHECK(error <= 1);
        if (!(error <= worst.error)) {
            worst = {error, cell.name + ", " + s.name + ", " + tensor.name};
        }
    }
}

void report(const worst_case& worst, const std::string& target) {
    WARN("largest error on " << target << ": " << worst.error << " of its tolerance (" << worst.name << ")");
}

} // namespace

TEST_CASE("all cells in all shapes on this machine's best target") {
    worst_case worst;
    const std::string target = best_target();
    for (const named_cell& cell : named_cells()) {
        KernelCache cache;
        for (const named_shape& s : shapes) {
            compare(cache.kernels(cell, s, target), cell, s, worst);
        }
    }
    report(worst, target);
}

TEST_CASE("all cells on every other target") {
    for (const std::string& target : codegen::default_targets()) {
        if (const std::string missing = missing_features(target); !missing.empty()) {
            WARN("skipped: this CPU lacks " << missing << " of " << target);
            continue;
        }
        if (target == best_target()) {
            continue;
        }
        worst_case worst;
        for (const named_cell& cell : named_cells()) {
            KernelCache cache;
            for (const named_shape& s : shapes) {
                const std::set<std::string> some{"units_tail", "units_below_lane", "single_rows",
                                                 "batch_2_ahead"};
                if (some.contains(s.name)) {
                    compare(cache.kernels(cell, s, target), cell, s, worst);
                }
            }
        }
        report(worst, target);
    }
}

TEST_CASE("a cell without states, as in a dense layer") {
    const named_cell dense{"dense", declaration::dense_cell(declaration::tanh)};
    worst_case worst;
    for (const bool return_sequences : {true, false}) {
        const named_shape s{
            "outputs_that_are_no_state",
            {.features = 7, .units = 20, .timesteps = 3, .rows = 7, .return_sequences = return_sequences}};
        KernelCache cache;
        compare(cache.kernels(dense, s, best_target()), dense, s, worst);
    }
}

TEST_CASE("a tile of fewer rows than are finished together") {
    using namespace timeloom::declaration;
    const named_cell leaky{"leaky", cell<"leaky">([](inputs x, state<"h"> h) {
                               const auto f = sigmoid(affine<"f">(x, h));
                               return next(h = f * h + (1 - f) * tanh(affine<"g">(x, h)));
                           })};
    worst_case worst;
    const named_shape s{"units_80", {.features = 3, .units = 80, .timesteps = 3, .rows = 6}};
    KernelCache cache;
    compare(cache.kernels(leaky, s, best_target()), leaky, s, worst);
}

TEST_CASE("a product of a product, with nothing pointwise between them") {
    using namespace timeloom::declaration;
    const named_cell bottleneck{"bottleneck", cell<"bottleneck">([](inputs x, state<"h"> h) {
                                    return next(h = tanh(affine<"b">(affine<"a">(x, h), h)));
                                })};
    worst_case worst;
    const named_shape s{"units_tail", {.features = 7, .units = 20, .timesteps = 6, .rows = 6}, 2};
    KernelCache cache;
    compare(cache.kernels(bottleneck, s, best_target()), bottleneck, s, worst);
}

TEST_CASE("kernels do not depend on the number of time steps") {
    const auto archive = [](int timesteps) {
        const TemporaryFolder folder;
        generators::emit_options options;
        options.model = "sequence";
        options.directory = folder.path().string();
        options.targets = {best_target()};
        // In a process of its own: Halide numbers the names of a process consecutively.
        const pid_t child = fork();
        if (child == 0) {
            generators::emit_model(network_of(declaration::gru_cell(), 3, 5, timesteps, true), options,
                                   kernels_for(1));
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        REQUIRE(status == 0);
        return read_whole_file(folder.path() / "sequence.a");
    };
    const std::string of_80_steps = archive(80);
    CHECK(of_80_steps.size() > 1000);
    const bool same_bytes = of_80_steps == archive(800);
    CHECK(same_bytes);
}
