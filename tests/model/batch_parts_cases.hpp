// Trainings that must have the same bits, however a batch is divided.
#pragma once

#include "../support/training_data.hpp"
#include "many_words.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timeloom::tests {

/// What a training is judged by.
struct Trained {
    std::vector<double> numbers; ///< losses and metrics of all epochs
    std::vector<Tensor> weights;
};

template <class Values>
bool have_same_bits(const Values& a, const Values& b) {
    return std::ranges::equal(std::as_bytes(std::span(a)), std::as_bytes(std::span(b)));
}

inline void require_same_bits(const Trained& a, const Trained& b) {
    REQUIRE(have_same_bits(a.numbers, b.numbers));
    REQUIRE(a.weights.size() == b.weights.size());
    for (std::size_t i = 0; i < a.weights.size(); ++i)
        REQUIRE(have_same_bits(a.weights[i].values(), b.weights[i].values()));
}

/// A training of a model, with all that it takes.
struct Case {
    const plan::Model& plan;
    Optimizer optimizer;
    LossFunction loss;
    std::vector<std::string> metrics;
    bool of_words;
    bool class_targets;
    std::size_t vocabulary = 0;
    bool calls = false;    ///< layers are called by a program
    bool weighted = false; ///< weights of samples
};

inline constexpr std::size_t samples = 101, batch = 45; // batches of 45, 45 and 11 rows: 8, 8 and 2 tiles

inline TokenMatrix words_of(const Case& c) {
    const auto steps = static_cast<std::size_t>(c.plan.inputs[0].timesteps);
    TokenMatrix words{samples, steps, std::vector<std::int32_t>(samples * steps)};
    Random random(5);
    for (std::int32_t& word : words.values) // few are frequent
        word = static_cast<std::int32_t>(
            random.below(1 + random.below(static_cast<std::uint32_t>(c.vocabulary))));
    return words;
}

inline Tensor targets_of(const Case& c) {
    const plan::Layer& last = c.plan.layers.back();
    const std::size_t rows = samples * static_cast<std::size_t>(last.output_timesteps());
    const auto width = static_cast<std::size_t>(last.units);
    Tensor y = c.plan.outputs_sequence() ? Tensor({samples, rows / samples, c.class_targets ? 1 : width})
                                         : Tensor({samples, c.class_targets ? 1 : width});
    Random random(6);
    for (float& value : y.values())
        value = static_cast<float>(random.below(c.class_targets ? static_cast<std::uint32_t>(width) : 2));
    return y;
}

inline Model make_model(const Case& c, const ModelOptions& options) {
    Model model(c.plan, options);
    model.compile(c.optimizer, c.loss, c.metrics);
    if (c.calls)
        model.set_call([](Call& call) {
            return call.layer("dense", call.layer("lstm", call.layer("embedding", call.input())));
        });
    return model;
}

inline Trained result_of(Model& model, const History& history) {
    Trained trained;
    for (const EpochResult& epoch : history) {
        for (const Evaluation* const e : {&epoch.training, epoch.validation ? &*epoch.validation : nullptr}) {
            if (e == nullptr)
                continue;
            trained.numbers.push_back(e->loss);
            for (const auto& [name, value] : e->metrics)
                trained.numbers.push_back(value);
        }
    }
    trained.weights = model.get_weights();
    return trained;
}

inline Trained train(const Case& c, const ModelOptions& options,
                     FitOptions fit = {.epochs = 3, .batch_size = batch}) {
    const TokenMatrix words = c.of_words ? words_of(c) : TokenMatrix{};
    const Tensor vectors = c.of_words ? Tensor() : random_tensor({samples, 7, 3}, 3);
    const Inputs x = c.of_words ? Inputs(words) : Inputs(vectors);
    const Tensor y = targets_of(c);
    if (c.weighted) {
        fit.sample_weight = Tensor({samples});
        for (std::size_t i = 0; i < samples; ++i)
            fit.sample_weight.data()[i] = 0.25f + static_cast<float>(i % 3);
    }
    fit.validation_data = ValidationData(x, y);
    Model model = make_model(c, options);
    const History history = model.fit(x, y, fit);
    return result_of(model, history);
}

inline const Case words_case{many_words_plan,
                             Adam{.learning_rate = 0.01, .clipnorm = 0.1},
                             Loss::binary_crossentropy,
                             {"accuracy", "auc"},
                             true,
                             false,
                             150};

} // namespace timeloom::tests
