// Plans of models: what generators write of them, and that a program's constexpr plan is that one.
#include "airline.timeloom.hpp"
#include "any_orders.timeloom.hpp"
#include "both_ways.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "remembering.timeloom.hpp"
#include "words_of_all.timeloom.hpp"

#include "timeloom/codegen/plan/arima_plan.hpp"
#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/codegen/stream/stream_kernel.hpp"
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/generators/arima_plan_table.hpp"
#include "timeloom/generators/plan_table.hpp"
#include "timeloom/tests/arima/arima_models.hpp"
#include "timeloom/tests/keras/keras_training_models.hpp"
#include "timeloom/tests/model/model_test_models.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>
#include <variant>

using namespace timeloom;

namespace {

std::string table_of(const declaration::network& network, const std::string& name) {
    codegen::model_plan plan(network, name);
    plan.add_kernels(codegen::kernels_with_stream(network, name));
    return generators::plan_table(plan.plan());
}

std::string table_of(const declaration::arima_description& arima, const std::string& name) {
    const codegen::arima_plan planned(arima, codegen::kernels_of(arima, name), name);
    return std::visit([](const auto& plan) { return generators::plan_table(plan); }, planned.plan());
}

/// The plan as code generation makes it of the declaration, without its kernels' code.
template <class Declaration>
std::string planned(const Declaration& declaration, const std::string& name) {
    return table_of(declaration::describe(declaration), name);
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

/// Orders and calls of an ARIMA model; a period that is told at run time is the calls' first argument.
static_assert(airline_plan.orders == plan::ArimaOrders{0, 1, 1, 0, 1, 1, 12});
static_assert(airline_plan.trend == plan::Trend::n);
static_assert(airline_plan.filters[0].find(plan::LagFilterKind::gradient)->name == "airline_0_gradient");
static_assert(any_orders_plan.orders.seasonal_period == plan::any_period);
static_assert(any_orders_plan.filters[2].kernels[0].signature[0].role == plan::LagArgumentRole::period);

} // namespace

TEST_CASE("a program's plan is that of the declaration, and is printed as it always was") {
    const auto check = [](const std::string& name, const auto& of_program,
                          const std::string& of_declaration) {
        CAPTURE(name);
        CHECK(generators::plan_table(of_program) == of_declaration);
        CHECK(of_declaration == golden_plan(name));
    };
    check("keras_regression", keras_regression_plan, planned(tests::keras_regression, "keras_regression"));
    check("both_ways", both_ways_plan, planned(tests::both_ways, "both_ways"));
    check("remembering", remembering_plan, planned(tests::remembering, "remembering"));
    check("words_of_all", words_of_all_plan, planned(tests::words_of_all, "words_of_all"));
    check("airline", airline_plan, planned(tests::airline, "airline"));
    check("any_orders", any_orders_plan, planned(tests::any_orders, "any_orders"));
}
