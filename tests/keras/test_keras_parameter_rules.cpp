// Initializers, regularizers and constraints of layers against Keras: golden/keras_parameter_rules.json.
#include "../kernels/compiled_network.hpp"
#include "keras_weights.hpp"

#include "timeloom/codegen/plan/model_plan.hpp"
#include "timeloom/dsl/dsl.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace timeloom;
using namespace timeloom::detail;
using nlohmann::json;

namespace {

namespace declared {

using namespace timeloom::declaration;

/// The models of keras_cases/parameter_rules.py.
network words() {
    return describe(sequential(
        input<5>(),
        embedding<11, 3>(embeddings_regularizer(l1_l2(0.01, 0.02)), embeddings_constraint(max_norm(0.75))),
        lstm<4>(return_sequences, kernel_regularizer(l2(0.05)), recurrent_regularizer(l1(0.02)),
                bias_regularizer(l1_l2(0.01, 0.03)), kernel_constraint(max_norm(0.5)),
                recurrent_constraint(max_norm(0.625)), bias_constraint(max_norm(0.875))),
        bidirectional(simple_rnn<18>(kernel_regularizer(l1(0.01)), kernel_constraint(max_norm(0.5)))),
        layer_normalization(gamma_regularizer(l2(0.1)), beta_regularizer(l1(0.05)),
                            gamma_constraint(max_norm(1.5)), beta_constraint(max_norm(1.25))),
        dense<1>(sigmoid, kernel_regularizer(l1_l2(0.02, 0.01)), bias_regularizer(l2()),
                 kernel_constraint(max_norm()), bias_constraint(max_norm(0.25)))));
}

network series() {
    return describe(sequential(input<6, 2>(), layer_normalization(0.125),
                               gru<3>(return_sequences, bias_regularizer(l2(0.1)),
                                      bias_constraint(max_norm(0.5)), kernel_constraint(max_norm(0.375))),
                               gru<2>(reset_after(false), bias_regularizer(l1()),
                                      bias_constraint(max_norm(0.5)), recurrent_regularizer(l2(0.25))),
                               dense<1>(use_bias(false), kernel_regularizer(l2(0.125)))));
}

std::vector<network> initialized() {
    constexpr auto narrow = input<3, 2>();
    return {
        describe(sequential(narrow, lstm<800>(kernel_initializer(random_normal(0.125, 0.25)),
                                              recurrent_initializer(zeros), bias_initializer(he_normal)))),
        describe(sequential(narrow, lstm<800>(kernel_initializer(ones), recurrent_initializer(constant(0.5)),
                                              bias_initializer(he_normal), unit_forget_bias(false)))),
        describe(sequential(narrow, gru<800>(kernel_initializer(lecun_normal), recurrent_initializer(zeros),
                                             bias_initializer(glorot_uniform)))),
        describe(
            sequential(narrow, gru<800>(reset_after(false), kernel_initializer(truncated_normal(0.5, 0.125)),
                                        recurrent_initializer(zeros), bias_initializer(lecun_uniform)))),
        describe(sequential(input<3, 200>(), simple_rnn<800>(kernel_initializer(orthogonal(2)),
                                                             recurrent_initializer(he_uniform),
                                                             bias_initializer(random_normal)))),
        describe(sequential(
            narrow, dense<800>(kernel_initializer(random_uniform(-1, 2)), bias_initializer(random_uniform)))),
        describe(sequential(input<3>(), embedding<40, 800>(embeddings_initializer(glorot_normal)))),
        describe(sequential(input<3, 800>(), layer_normalization(gamma_initializer(random_normal(1, 0.125)),
                                                                 beta_initializer(glorot_normal))))};
}

} // namespace declared

// ---- Trainings ----

bool has_tokens(const json& c) { return c.at("name").get<std::string>().starts_with("words"); }

Optimizer optimizer_of(const json& c) {
    const json& options = c.at("options");
    const double rate = options.at("learning_rate");
    if (c.at("optimizer") == "Adam") {
        return Adam{.learning_rate = rate};
    }
    SGD sgd{.learning_rate = rate, .momentum = options.at("momentum")};
    if (options.contains("clipnorm")) {
        sgd.clipnorm = options.at("clipnorm");
    }
    return sgd;
}

/// Float32 against Keras's float64: a few units in the last place per operation, 9 updates long.
constexpr double tolerance = 2e-5;

void check_training(const json& c, const Inputs& x, const tests::CompiledNetwork& compiled,
                    std::size_t threads) {
    Model model(compiled.plan(), {.threads = threads});
    const auto initial = golden::as_ours(c.at("initial_weights"), model.weight_names());
    CHECK(initial.size() == model.weight_names().size());
    for (const auto& [name, values] : initial) {
        model.set_weights(name, values);
    }
    model.compile(optimizer_of(c), loss_from_string(c.at("loss").get<std::string>()));
    FitOptions options;
    options.epochs = c.at("epochs");
    options.batch_size = c.at("batch_size");
    options.shuffle = false;
    const Tensor y = golden::as_tensor(c.at("y"));
    const History history = model.fit(x, y, options);
    for (std::size_t e = 0; e < history.size(); ++e) {
        CHECK(history[e].training.loss == Approx(c.at("loss_per_epoch")[e].get<double>()).epsilon(tolerance));
    }
    CHECK(model.evaluate(x, y, 4).loss == Approx(c.at("final_loss").get<double>()).epsilon(tolerance));
    for (const auto& [name, expected] : golden::as_ours(c.at("final_weights"), model.weight_names())) {
        const Tensor values = model.get_weights(name);
        for (std::size_t i = 0; i < values.size(); ++i) {
            CAPTURE(name, i);
            CHECK(values.values()[i] == Approx(expected.values()[i]).margin(tolerance));
        }
    }
}

// ---- Initial values ----

struct Moments {
    double mean = 0, deviation = 0;
};

/// Of the columns [block * 800, (block + 1) * 800) of a row-major matrix.
Moments moments_of(const std::vector<float>& values, std::size_t columns, std::size_t block) {
    double sum = 0, squares = 0, count = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i % columns / 800 == block) {
            const double value = values[i];
            sum += value;
            squares += value * value;
            count += 1;
        }
    }
    return {sum / count, std::sqrt(std::max(0.0, squares / count - sum / count * sum / count))};
}

/// Two samples of the same distribution: means within 5 deviations of their difference, deviations within 5
/// of theirs, whose relative size is at most 1/sqrt(2n) each.
void check_moments(const Moments& found, const json& expected, double count) {
    const double deviation = expected.at("std");
    CHECK(std::abs(found.mean - expected.at("mean").get<double>()) <=
          5 * deviation * std::sqrt(2 / count) + 1e-7);
    CHECK(std::abs(found.deviation - deviation) <= 5 * deviation / std::sqrt(count) + 1e-4);
}

void check_initialized(const json& c, const declaration::network& network) {
    const codegen::model_plan planned(network, "initialized");
    const plan::Model& model = planned.plan();
    std::vector<float> buffer(model.parameters_size);
    initialize_parameters(model, 9, buffer);
    for (const plan::Parameter& p : model.parameters) {
        const std::string own(p.name.substr(p.name.rfind('/') + 1));
        const json& blocks = c.at("weights").at(own == "recurrent_bias" ? "bias" : own);
        std::vector<float> values(p.size());
        unpack(p, buffer, values);
        REQUIRE(blocks.size() == static_cast<std::size_t>(p.columns) / 800);
        for (std::size_t block = 0; block < blocks.size(); ++block) {
            CAPTURE(p.name, block);
            check_moments(moments_of(values, static_cast<std::size_t>(p.columns), block), blocks[block],
                          800.0 * p.rows);
        }
    }
}

} // namespace

TEST_CASE("penalties and norms train as in Keras, on any number of threads") {
    const json file = golden::read("keras_parameter_rules.json");
    const tests::CompiledNetwork words(declared::words(), {tests::best_target()});
    const tests::CompiledNetwork series(declared::series(), {tests::best_target()});
    for (const json& c : file.at("trainings")) {
        for (const std::size_t threads : {1, 2, 3}) {
            CAPTURE(c.at("name"), threads);
            if (has_tokens(c)) {
                const TokenMatrix x{10, 5, golden::values<std::int32_t>(c.at("x"))};
                check_training(c, x, words, threads);
            } else {
                check_training(c, golden::as_tensor(c.at("x")), series, threads);
            }
        }
    }
}

TEST_CASE("parameters start as Keras's initializers start them") {
    const json file = golden::read("keras_parameter_rules.json");
    const std::vector<declaration::network> networks = declared::initialized();
    REQUIRE(file.at("initialized").size() == networks.size());
    for (std::size_t i = 0; i < networks.size(); ++i) {
        CAPTURE(i);
        check_initialized(file.at("initialized")[i], networks[i]);
    }
}
