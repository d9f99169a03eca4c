// Whole models against Keras: weights, inputs, outputs, losses, metrics, and the gradients of a training
// step.
#pragma once

#include "keras_weights.hpp"

#include "timeloom/runtime/model/model.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace timeloom::golden {

using nlohmann::json;

/// Float32 against Keras's float64: a few time steps of products of a few numbers of size 1, through at most
/// five layers.
constexpr double tolerance = 4e-6;

inline void check_values(const Tensor& values, const Tensor& expected, double scale) {
    REQUIRE(values.size() == expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        CAPTURE(i);
        CHECK(values.values()[i] == Approx(scale * expected.values()[i]).margin(tolerance));
    }
}

inline void set_weights(Model& model, const json& weights) {
    const auto ours = as_ours(weights, model.weight_names());
    CHECK(ours.size() == model.weight_names().size());
    for (const auto& [name, values] : ours) {
        model.set_weights(name, values);
    }
}

/// One step of plain gradient descent shows the gradients; 16 times as large they are of size 1.
inline void check_training_step(Model& model, const Inputs& x, const Tensor& y, const json& c,
                                const LossFunction& loss = Loss::mean_squared_error) {
    constexpr double rate = 16;
    std::map<std::string, Tensor> before;
    for (const std::string& name : model.weight_names()) {
        before[name] = model.get_weights(name);
    }
    model.compile(SGD{.learning_rate = rate}, loss);
    FitOptions one_step;
    one_step.batch_size = x.rows();
    one_step.shuffle = false;
    if (c.contains("sample_weight")) {
        one_step.sample_weight = as_tensor(c.at("sample_weight"));
    }
    const History history = model.fit(x, y, one_step);
    CHECK(history[0].training.loss ==
          Approx(c.at("loss").get<double>()).epsilon(tolerance).margin(tolerance));
    for (const auto& [name, gradient] : as_ours(c.at("gradients"), model.weight_names())) {
        CAPTURE(name);
        Tensor difference = before.at(name);
        const Tensor after = model.get_weights(name);
        for (std::size_t i = 0; i < difference.size(); ++i) {
            difference.values()[i] -= after.values()[i];
        }
        check_values(difference, gradient, rate);
    }
}

/// The inputs of a case, and what they refer to.
class CaseInputs {
  public:
    explicit CaseInputs(const json& inputs) {
        for (const json& input : inputs) {
            Owned& owned = owned_.emplace_back();
            if (input.contains("tokens")) {
                owned.tokens = {input.at("shape")[0], input.at("shape")[1], input.at("tokens")};
            } else {
                owned.vectors = as_tensor(input);
            }
            if (input.contains("lengths")) {
                owned.lengths = input.at("lengths").get<std::vector<int>>();
                owned.padding = input.at("padding") == "pre" ? SequenceEnd::pre : SequenceEnd::post;
            }
        }
    }

    Inputs view() const { return owned_.size() == 1 ? Inputs(input(0)) : Inputs({input(0), input(1)}); }

  private:
    struct Owned {
        Tensor vectors;
        TokenMatrix tokens;
        std::vector<int> lengths;
        SequenceEnd padding = SequenceEnd::post;
    };

    Input input(std::size_t i) const {
        const Owned& o = owned_.at(i);
        if (o.lengths.empty()) {
            return o.tokens.rows > 0 ? Input(o.tokens) : Input(o.vectors);
        }
        return o.tokens.rows > 0 ? Input(o.tokens, o.lengths, o.padding)
                                 : Input(o.vectors, o.lengths, o.padding);
    }

    std::vector<Owned> owned_;
};

/// A model, as it is declared or as it is called, against one case of keras_cases/functional.py.
inline void check_model(Model& model, const json& c) {
    const CaseInputs inputs(c.at("inputs"));
    const Inputs x = inputs.view();
    set_weights(model, c.at("weights"));
    const auto see_earlier_batches = [&] {
        model.reset_states();
        for (const json& earlier : c.at("earlier")) {
            check_values(model.predict(CaseInputs(earlier.at("inputs")).view()),
                         as_tensor(earlier.at("output")), 1);
        }
    };
    see_earlier_batches();
    check_values(model.predict(x), as_tensor(c.at("output")), 1);
    const LossFunction loss = loss_from_string(c.value("loss_name", "mean_squared_error"));
    const Tensor y = as_tensor(c.at("targets"));
    if (c.contains("metrics")) {
        std::vector<std::string> names;
        for (const auto& [name, value] : c.at("metrics").items()) {
            names.push_back(name);
        }
        model.compile(SGD{}, loss, names);
        const Tensor weights = c.contains("sample_weight") ? as_tensor(c.at("sample_weight")) : Tensor();
        const Evaluation evaluation = model.evaluate(x, y, 128, weights);
        CHECK(evaluation.loss == Approx(c.at("loss").get<double>()).epsilon(tolerance).margin(tolerance));
        for (const std::string& name : names) {
            CAPTURE(name);
            CHECK(evaluation.metric(name) ==
                  Approx(c.at("metrics").at(name).get<double>()).epsilon(tolerance));
        }
    }
    see_earlier_batches();
    check_training_step(model, x, y, c, loss);
}

} // namespace timeloom::golden
