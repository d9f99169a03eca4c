// Targets and sample weights under a mask count for nothing, whatever they hold.
#include "../support/golden_file.hpp"
#include "../support/training_data.hpp"
#include "masked_classes.timeloom.hpp"
#include "masked_labels.timeloom.hpp"
#include "masked_models.hpp"

#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace timeloom;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr float no_number = std::numeric_limits<float>::quiet_NaN();

Tensor tensor_of(const json& array) {
    const auto extents = array.at("shape").get<std::vector<std::size_t>>();
    return Tensor(Shape(std::span(extents)), golden::values<float>(array));
}

TokenMatrix tokens_of(const json& array) {
    return {array.at("shape")[0], array.at("shape")[1], golden::values<std::int32_t>(array)};
}

/// With the weights of a case, which Keras calls "simple_rnn/simple_rnn_cell/kernel".
Model model_of(const json& test_case, std::size_t threads = 2) {
    const bool has_classes = test_case.at("weights").at("dense/bias").at("shape")[0] == 3;
    Model model = has_classes ? Model(masked_classes_plan, {.threads = threads})
                              : Model(masked_labels_plan, {.threads = threads});
    for (const auto& [path, values] : test_case.at("weights").items()) {
        std::string name = path;
        const std::string cell = "simple_rnn_cell/";
        if (const auto at = name.find(cell); at != std::string::npos)
            name.erase(at, cell.size());
        model.set_weights(name, tensor_of(values));
    }
    model.compile(SGD{.learning_rate = 0.5}, loss_from_string(test_case.at("loss_name").get<std::string>()),
                  test_case.at("metrics"), test_case.at("weighted_metrics"));
    return model;
}

/// The values where the token is 0 become `padding`.
Tensor with_padding(Tensor values, const TokenMatrix& tokens, float padding) {
    const std::size_t width = values.size() / tokens.values.size();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (tokens.values[i / width] == 0)
            values.data()[i] = padding;
    return values;
}

std::vector<float> weights_after_training(const json& test_case, const TokenMatrix& x, const Tensor& y,
                                          const Tensor& sample_weight) {
    Model model = model_of(test_case);
    FitOptions options;
    options.epochs = 2;
    options.batch_size = 3;
    options.sample_weight = sample_weight;
    model.fit(x, y, options);
    return all_weights(model);
}

} // namespace

TEST_CASE("losses and metrics of masked outputs are Keras's, whatever the padding of the targets holds") {
    const json golden = golden::read("keras_metrics.json");
    const TokenMatrix x = tokens_of(golden.at("tokens"));
    for (const json& test_case : golden.at("masked")) {
        CAPTURE(test_case.at("name").get<std::string>());
        const Tensor y = tensor_of(test_case.at("targets"));
        const Tensor weights =
            test_case.contains("sample_weight") ? tensor_of(test_case.at("sample_weight")) : Tensor();
        Model model = model_of(test_case);
        const auto trained = weights_after_training(test_case, x, with_padding(y, x, 0), weights);
        for (const float padding : {0.0f, -1.0f, 99999.0f, 0.5f, no_number, 3e38f}) {
            CAPTURE(padding);
            const Tensor padded = with_padding(y, x, padding);
            const Tensor padded_weights = weights.size() == 0 ? Tensor() : with_padding(weights, x, padding);
            const Evaluation found = model.evaluate(x, padded, 3, padded_weights);
            CHECK(model.metric_names().size() == test_case.at("logs").size());
            for (const auto& [name, value] : test_case.at("logs").items()) {
                if (name == "loss" && !model.metric_names().empty()) {
                    // Keras's loss is of all as one batch, which have different numbers of steps.
                    CHECK(model.evaluate(x, padded, 100, padded_weights).loss ==
                          Approx(value.get<double>()).epsilon(2e-6));
                } else {
                    CAPTURE(name);
                    CHECK(found.metric(name) == Approx(value.get<double>()).epsilon(2e-6));
                }
            }
            CHECK(weights_after_training(test_case, x, padded, padded_weights) == trained);
        }
    }
}

TEST_CASE("targets that count must still fit, and the message says which one counts") {
    const json golden = golden::read("keras_metrics.json");
    const TokenMatrix x = tokens_of(golden.at("tokens"));
    const auto find_case = [&](const std::string& name) {
        for (const json& test_case : golden.at("masked"))
            if (test_case.at("name") == name)
                return test_case;
        throw std::runtime_error(name);
    };
    const std::size_t step =
        1 +
        static_cast<std::size_t>(std::ranges::find_if(x.values, [](int t) { return t != 0; }) -
                                 x.values.begin()) -
        1;
    const std::string place =
        "sample " + std::to_string(step / x.columns) + ", time step " + std::to_string(step % x.columns);
    {
        const json test_case = find_case("binary");
        Model model = model_of(test_case);
        Tensor y = with_padding(tensor_of(test_case.at("targets")), x, -1);
        y.data()[step] = -1;
        CHECK_THROWS_WITH(model.evaluate(x, y), Contains("-1") && Contains(place) &&
                                                    Contains("between 0 and 1") &&
                                                    Contains("mask lets this step count"));
        y.data()[step] = no_number;
        const std::vector<float> before = all_weights(model);
        CHECK_THROWS_WITH(model.fit(x, y, {}), Contains(place) && Contains("not finite"));
        CHECK(all_weights(model) == before);
        y.data()[step] = 1;
        Tensor weights({x.rows, x.columns});
        weights.fill(1);
        weights.data()[step] = -2;
        CHECK_THROWS_WITH(model.evaluate(x, y, 128, weights),
                          Contains("sample_weight -2") && Contains(place));
        FitOptions options;
        options.class_weight = {{1, 2.0}};
        CHECK_NOTHROW(model.fit(x, with_padding(y, x, no_number), options));
        CHECK_NOTHROW(model.fit(x, with_padding(y, x, 3e38f), options));
    }
    const json test_case = find_case("classes");
    Model model = model_of(test_case);
    Tensor y = with_padding(tensor_of(test_case.at("targets")), x, 99999);
    y.data()[step] = 3;
    CHECK_THROWS_WITH(model.evaluate(x, y),
                      Contains("the target 3") && Contains(place) && Contains("0 to 2"));
}
