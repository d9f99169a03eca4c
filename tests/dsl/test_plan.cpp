// Plans of models: what generators write of them, and that a program's constexpr plan is that one.
#include "both_ways.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "remembering.timeloom.hpp"
#include "words_of_all.timeloom.hpp"

#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/generators/plan_table.hpp"
#include "timeloom/tests/keras_training_models.hpp"
#include "timeloom/tests/model_test_models.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace timeloom;

namespace {

/// The plan as code generation makes it of the declaration, without its kernels' code.
template <class Declaration>
std::string planned(const Declaration& declaration, const std::string& name) {
    const dsl::network network = dsl::describe(declaration);
    codegen::model_plan plan(network, name);
    plan.add_kernels(codegen::kernels_of(network, name));
    return generators::plan_table(plan.plan());
}

std::string golden_plan(const std::string& name) {
    std::ifstream file("golden/plans/" + name + ".txt");
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Layers, parameters and kernels of a program's plan, whose names lie side by side in read-only memory.
static_assert(keras_regression_plan.layers[1].name == "gru");
static_assert(keras_regression_plan.parameters[2].initial[1] == 1.0f);
static_assert(keras_regression_inference_plan.kernels.size() < keras_regression_plan.kernels.size());
static_assert(both_ways_plan.layers[1].kernels_of == 0); // both directions call the same kernels

} // namespace

TEST_CASE("a program's plan is that of the declaration, and is printed as it always was") {
    const auto check = [](const std::string& name, const plan::Model& of_program,
                          const std::string& of_declaration) {
        CAPTURE(name);
        CHECK(generators::plan_table(of_program) == of_declaration);
        CHECK(of_declaration == golden_plan(name));
    };
    check("keras_regression", keras_regression_plan, planned(tests::keras_regression, "keras_regression"));
    check("both_ways", both_ways_plan, planned(tests::both_ways, "both_ways"));
    check("remembering", remembering_plan, planned(tests::remembering, "remembering"));
    check("words_of_all", words_of_all_plan, planned(tests::words_of_all, "words_of_all"));
}

TEST_CASE("layers with equal equations and shapes have their kernels once") {
    using namespace dsl;
    const auto six = describe(sequential(input<5, 8>(), lstm<8>(return_sequences), lstm<8>(return_sequences),
                                         lstm<8>(return_sequences), lstm<8>(return_sequences),
                                         lstm<8>(return_sequences), lstm<8>(return_sequences)));
    const auto one = describe(sequential(input<5, 8>(), lstm<8>(return_sequences)));
    CHECK(codegen::kernels_of(six, "six").size() == codegen::kernels_of(one, "one").size());

    // Whatever kernels depend on keeps them apart.
    const auto kernels = [](const auto& second) {
        return codegen::kernels_of(describe(sequential(input<5, 8>(), lstm<8>(return_sequences), second)),
                                   "two")
            .size();
    };
    const std::size_t of_one = codegen::kernels_of(one, "one").size();
    CHECK(kernels(lstm<8>(return_sequences, dropout(0.5))) == of_one); // drawn by the runtime
    CHECK(kernels(lstm<8>()) > of_one);
    CHECK(kernels(lstm<4>(return_sequences)) > of_one);
    CHECK(kernels(lstm<8>(return_sequences, recurrent_dropout(0.5))) > of_one);
    CHECK(kernels(gru<8>(return_sequences)) > of_one);
}
