// Whole trainings, step by step as Keras does them: same initial weights, same batches, same losses and
// weights after.
#include "../support/golden_file.hpp"
#include "keras_classification.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "keras_tagging.timeloom.hpp"
#include "keras_training_models.hpp"

#include "timeloom/runtime/model/model.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

using namespace timeloom;

namespace {

Tensor as_tensor(const nlohmann::json& array) {
    const auto extents = array.at("shape").get<std::vector<std::size_t>>();
    return Tensor(Shape(extents), golden::values<float>(array));
}

/// Keras keeps the two biases of a GRU with reset_after as rows of one (2, 3 * units) matrix.
void for_each_weight(const nlohmann::json& weight,
                     const std::function<void(const std::string&, const Tensor&)>& f) {
    const std::string name =
        weight.at("layer").get<std::string>() + "/" + weight.at("name").get<std::string>();
    const Tensor values = as_tensor(weight);
    if (weight.at("name") == "bias" && values.rank() == 2) {
        f(name, Tensor(Shape{values.row_size()}, values.row(0)));
        f(weight.at("layer").get<std::string>() + "/recurrent_bias",
          Tensor(Shape{values.row_size()}, values.row(1)));
    } else {
        f(name, values);
    }
}

double largest_difference(const Tensor& a, const Tensor& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(double{a.values()[i]} - b.values()[i]));
    }
    return largest;
}

nlohmann::json golden_case(const std::string& name) {
    const nlohmann::json file = golden::read("keras_training.json");
    for (const auto& c : file.at("cases")) {
        if (c.at("name") == name) {
            return c;
        }
    }
    throw std::runtime_error("no such case: " + name);
}

template <class AnyOptimizer>
Optimizer with_common_options(AnyOptimizer optimizer, const nlohmann::json& options) {
    const double rate = options.at("learning_rate");
    optimizer.learning_rate = rate;
    if (options.contains("decay_rate")) {
        optimizer.learning_rate = ExponentialDecay{rate, 4, options.at("decay_rate")};
    }
    const auto optional = [&](const char* name, std::optional<double>& value) {
        if (options.contains(name)) {
            value = options.at(name).get<double>();
        }
    };
    optional("clipnorm", optimizer.clipnorm);
    optional("clipvalue", optimizer.clipvalue);
    optional("global_clipnorm", optimizer.global_clipnorm);
    return optimizer;
}

Optimizer make_optimizer(const std::string& name, const nlohmann::json& options) {
    if (name == "SGD") {
        return with_common_options(SGD{.momentum = options.value("momentum", 0.0)}, options);
    }
    if (name == "RMSprop") {
        return with_common_options(
            RMSprop{.momentum = options.at("momentum"), .centered = options.at("centered")}, options);
    }
    if (name == "AdamW") {
        return with_common_options(
            AdamW{.weight_decay = options.at("weight_decay"),
                  .exclude_from_weight_decay = options.at("exclude_from_weight_decay")},
            options);
    }
    return with_common_options(Adam{}, options);
}

FitOptions make_fit_options(const nlohmann::json& c) {
    FitOptions options;
    options.epochs = c.at("epochs");
    options.batch_size = c.at("batch_size");
    options.shuffle = false;
    if (c.contains("sample_weight")) {
        options.sample_weight = as_tensor(c.at("sample_weight"));
    }
    if (c.contains("class_weight")) {
        for (std::size_t label = 0; label < c.at("class_weight").size(); ++label) {
            options.class_weight[static_cast<int>(label)] = c.at("class_weight")[label];
        }
    }
    return options;
}

/// Losses and predictions of float32 arithmetic against Keras's float64: a few units in the last place per
/// operation, 3 epochs of 3 updates long.
constexpr double tolerance = 2e-5;

void train_as_keras(Model& model, const Inputs& x, const nlohmann::json& c) {
    for (const auto& weight : c.at("initial_weights")) {
        for_each_weight(
            weight, [&](const std::string& name, const Tensor& values) { model.set_weights(name, values); });
    }
    CHECK(largest_difference(model.predict(x), as_tensor(c.at("initial_predictions"))) < 1e-6);

    model.compile(make_optimizer(c.at("optimizer"), c.at("options")),
                  loss_from_string(c.at("loss").get<std::string>()));
    const History history = model.fit(x, as_tensor(c.at("y")), make_fit_options(c));
    for (std::size_t e = 0; e < history.size(); ++e) {
        CHECK(history[e].training.loss == Approx(c.at("loss_per_epoch")[e].get<double>()).epsilon(tolerance));
    }
    for (const auto& weight : c.at("final_weights")) {
        for_each_weight(weight, [&](const std::string& name, const Tensor& values) {
            INFO(name);
            CHECK(largest_difference(model.get_weights(name), values) < tolerance);
        });
    }
    CHECK(largest_difference(model.predict(x), as_tensor(c.at("final_predictions"))) < tolerance);
}

} // namespace

TEST_CASE("LSTM, GRU and dense train as in Keras") {
    for (const char* name :
         {"regression", "regression_clipnorm", "regression_clipvalue", "regression_adamw"}) {
        const nlohmann::json c = golden_case(name);
        for (const std::size_t threads : {1, 2}) {
            CAPTURE(name, threads);
            Model model(keras_regression_plan, {.threads = threads});
            train_as_keras(model, as_tensor(c.at("x")), c);
        }
    }
}

TEST_CASE("embedding, LSTM and dense train as in Keras") {
    for (const char* name : {"classification", "classification_clipnorm", "classification_rmsprop"}) {
        CAPTURE(name);
        const nlohmann::json c = golden_case(name);
        TokenMatrix x;
        x.rows = c.at("x").at("shape")[0];
        x.columns = c.at("x").at("shape")[1];
        x.values = golden::values<std::int32_t>(c.at("x"));
        Model model(keras_classification_plan, {.threads = 1});
        train_as_keras(model, x, c);
    }
}

TEST_CASE("losses of time steps with weights train as in Keras") {
    for (const char* name : {"tagging", "tagging_one_hot"}) {
        CAPTURE(name);
        const nlohmann::json c = golden_case(name);
        Model model(keras_tagging_plan, {.threads = 1});
        train_as_keras(model, as_tensor(c.at("x")), c);
    }
}
