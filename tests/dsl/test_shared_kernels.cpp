// Kernels that compute the same exist once: which they are, and that their code would be the same.
#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/codegen/plan/network_kernels.hpp"
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/generators/kernel_archive.hpp"
#include "timeloom/generators/plan_table.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

using namespace timeloom;
using namespace timeloom::declaration;

namespace {

template <class... Layers>
network stack(const Layers&... layers) {
    return describe(sequential(layers...));
}

/// How many kernels are generated.
std::size_t codes(const network& n) {
    std::set<std::string> names;
    for (const codegen::network_kernel& k : codegen::kernels_of(n, "model")) {
        names.insert(k.code.name);
    }
    return names.size();
}

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

using Kernels = std::vector<codegen::network_kernel>;

/// The kernels that the second layer takes from the first.
Kernels shared(const network& n) {
    const Kernels all = codegen::kernels_of(n, "model");
    Kernels taken;
    for (const codegen::network_kernel& k : all) {
        const auto owner = std::ranges::find_if(
            all, [&](const codegen::network_kernel& o) { return o.code.name == k.code.name; });
        if (owner->layer != k.layer) {
            taken.push_back(k);
        }
    }
    return taken;
}

/// Object files of those kernels as a model of one layer has them, one after the other. Nothing may be built
/// between two calls, because Halide numbers the names in a process.
std::vector<std::string> code_of(const network& one_layer, const Kernels& wanted) {
    std::vector<codegen::kernel> code;
    for (const codegen::network_kernel& k : codegen::kernels_of(one_layer, "model")) {
        if (std::ranges::any_of(wanted, [&](const codegen::network_kernel& w) {
                return w.kind == k.kind && w.variant == k.variant;
            })) {
            code.push_back(k.code);
        }
    }
    const TemporaryFolder folder;
    generators::emit_options options;
    options.model = "model";
    options.directory = folder.path().string();
    options.targets = {"x86-64-linux"};
    options.listings = true; // which keeps the object files
    generators::emit_archive(code, options);
    std::vector<std::string> objects;
    for (const codegen::kernel& k : code) {
        objects.push_back(bytes_of(folder.path() / "model.kernels" / (k.name + ".o")));
    }
    return objects;
}

} // namespace

TEST_CASE("layers with equal equations and shapes have their kernels once") {
    const auto seq = lstm<8>(return_sequences);
    const std::size_t of_one = codes(stack(input<5, 8>(), seq));
    CHECK(codegen::kernels_of(stack(input<5, 8>(), seq, seq, seq, seq, seq, seq), "six").size() == of_one);

    // Whatever a kernel depends on keeps it apart, and that kernel alone.
    const auto with = [&](const auto& second) { return codes(stack(input<5, 8>(), seq, second)); };
    CHECK(with(lstm<8>(return_sequences, dropout(0.5))) == of_one); // drawn by the runtime
    CHECK(with(lstm<8>()) == of_one + 2); // backward, for whole batches and single rows
    CHECK(with(lstm<4>(return_sequences)) == 2 * of_one);
    CHECK(with(lstm<8>(return_sequences, recurrent_dropout(0.5))) > of_one);
    CHECK(with(gru<8>(return_sequences)) > of_one);
    // A layer with another input width needs its own forward, forward_training, input_gradient and one weight
    // gradient.
    CHECK(codes(stack(input<5, 3>(), seq, seq)) == of_one + 7);
}

TEST_CASE("kernels are shared that would have the same code") {
    const auto check = [](const network& both, const network& first, const network& second,
                          std::size_t expected) {
        const Kernels taken = shared(both);
        CHECK(taken.size() == expected);
        const std::vector<std::string> a = code_of(first, taken), b = code_of(second, taken);
        REQUIRE(a.size() == expected);
        REQUIRE(b.size() == expected);
        for (std::size_t i = 0; i < expected; ++i) {
            INFO(taken[i].code.name);
            CHECK((a[i] == b[i])); // without printing them
        }
    };
    const auto sequence = lstm<8>(return_sequences);
    check(stack(input<5, 8>(), sequence, lstm<8>()), stack(input<5, 8>(), sequence),
          stack(input<5, 8>(), lstm<8>()), 12);
    check(stack(input<5, 3>(), sequence, lstm<8>()), stack(input<5, 3>(), sequence),
          stack(input<5, 8>(), lstm<8>()), 4);
    const auto gru_sequence = gru<8>(return_sequences);
    check(stack(input<5, 3>(), gru_sequence, gru_sequence), stack(input<5, 3>(), gru_sequence),
          stack(input<5, 8>(), gru_sequence), 7);
}

TEST_CASE("a plan tells whose kernels a layer calls") {
    const network n = stack(input<5, 8>(), lstm<8>(return_sequences), lstm<8>(return_sequences), lstm<8>());
    codegen::model_plan plan(n, "model");
    plan.add_kernels(codegen::kernels_of(n, "model"));
    CHECK_THAT(
        generators::plan_table(plan.plan()),
        Catch::Contains(
            "\n  lstm_1 calls those of lstm\n  lstm_2 calls those of lstm but for its own backward\n"));
}
