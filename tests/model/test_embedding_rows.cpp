// Rows of an embedding that a batch does not name are updated later: nobody can tell.
#include "../support/training_data.hpp"
#include "many_words.timeloom.hpp"
#include "model_test_models.hpp"

#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace timeloom;

namespace {

constexpr std::size_t samples = 40;

/// Words that batches of all samples name most of.
TokenMatrix all_kinds_of_words() {
    TokenMatrix words{samples, 3, std::vector<std::int32_t>(3 * samples)};
    for (std::size_t i = 0; i < words.values.size(); ++i) {
        words.values[i] = static_cast<std::int32_t>(i * 7 % 150);
    }
    return words;
}

TokenMatrix random_words() {
    TokenMatrix words{samples, 3, std::vector<std::int32_t>(3 * samples)};
    Random random(3);
    for (std::int32_t& word : words.values) {
        const std::uint32_t bound =
            random.below(10) == 0 ? 140 : 12; // most words are rare; the last ten never come
        word = static_cast<std::int32_t>(random.below(bound));
    }
    return words;
}

Tensor labels() {
    Tensor y({samples, 1});
    for (std::size_t i = 0; i < samples; i += 3)
        y.data()[i] = 1;
    return y;
}

Model compiled(const Optimizer& optimizer, std::size_t threads) {
    Model model(many_words_plan, {.seed = 4, .threads = threads});
    model.compile(optimizer, Loss::binary_crossentropy);
    return model;
}

/// The same model with its layers called by a program: every row is updated in every step.
Model compiled_to_walk(const Optimizer& optimizer, std::size_t threads) {
    Model model = compiled(optimizer, threads);
    model.set_call([](Call& call) {
        return call.layer("dense", call.layer("lstm", call.layer("embedding", call.input())));
    });
    return model;
}

FitOptions in_batches_of_all(std::size_t epochs) {
    FitOptions options;
    options.epochs = epochs;
    options.batch_size = samples;
    return options;
}

FitOptions in_small_batches(std::size_t epochs) {
    FitOptions options;
    options.epochs = epochs;
    options.batch_size = 2;
    return options;
}

void check_close(const Model& a, const Model& b, float tolerance) {
    const std::vector<float> of_a = all_weights(a), of_b = all_weights(b);
    REQUIRE(of_a.size() == of_b.size());
    for (std::size_t i = 0; i < of_a.size(); ++i)
        REQUIRE(std::abs(of_a[i] - of_b[i]) <= tolerance);
}

} // namespace

TEST_CASE("updating only the rows that are named gives the weights of updating all") {
    const std::vector<Optimizer> optimizers{Adam{.learning_rate = 0.01},
                                            Adam{.learning_rate = 0.01, .global_clipnorm = 0.05},
                                            AdamW{.learning_rate = 0.01, .weight_decay = 0.1},
                                            AdamW{.exclude_from_weight_decay = {"embedding"}},
                                            RMSprop{.momentum = 0.5, .centered = true},
                                            SGD{.learning_rate = 0.1},
                                            SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}};
    const TokenMatrix x = random_words();
    const Tensor y = labels();
    for (const Optimizer& optimizer : optimizers) {
        for (const std::size_t threads : {1, 2}) {
            Model walking = compiled_to_walk(optimizer, threads), waiting = compiled(optimizer, threads);
            for (Model* model : {&walking, &waiting}) {
                model->fit(x, y, in_small_batches(2));
                model->fit(all_kinds_of_words(), y, in_batches_of_all(3));
                model->fit(x, y, in_small_batches(1));
            }
            CAPTURE(to_string(optimizer), threads);
            check_close(waiting, walking, 2e-5f); // of weights around 0.1 that moved by as much
        }
    }
}

TEST_CASE("an epoch of more steps than an optimizer remembers") {
    TokenMatrix x{2400, 3, {}};
    for (std::size_t i = 0; i < 7200; ++i) // the words below 6 come once, at the beginning
        x.values.push_back(static_cast<std::int32_t>(i < 6 ? i : 6 + i % 7));
    Tensor y({2400, 1});
    y.data()[0] = 1;
    FitOptions options = in_small_batches(1);
    options.shuffle = false;
    Model walking = compiled_to_walk(Adam{}, 1), waiting = compiled(Adam{}, 1);
    walking.fit(x, y, options);
    waiting.fit(x, y, options);
    check_close(waiting, walking, 2e-5f);
}

TEST_CASE("who looks in the middle of an epoch sees all updates") {
    const TokenMatrix x = random_words();
    const Tensor y = labels();
    Model waiting = compiled(Adam{.learning_rate = 0.01}, 2),
          walking = compiled_to_walk(Adam{.learning_rate = 0.01}, 2);
    std::vector<Tensor> seen[2];
    const auto watch = [&](Model& model, std::vector<Tensor>& tables) {
        FitOptions options = in_small_batches(1);
        options.progress = [&](const Progress& p) {
            if (p.step % 5 == 0)
                tables.push_back(model.get_weights("embedding/embeddings"));
        };
        model.fit(x, y, options);
    };
    watch(waiting, seen[0]);
    watch(walking, seen[1]);
    REQUIRE(seen[0].size() >= 4);
    REQUIRE(seen[1].size() == seen[0].size());
    for (std::size_t i = 0; i < seen[0].size(); ++i)
        for (std::size_t k = 0; k < seen[0][i].size(); ++k)
            REQUIRE(std::abs(seen[0][i].data()[k] - seen[1][i].data()[k]) <= 2e-5f);
}

TEST_CASE("what ends an epoch early leaves all updates made") {
    const TokenMatrix x = random_words();
    const Tensor y = labels();
    Model waiting = compiled(Adam{.learning_rate = 0.01}, 2);
    Model walking = compiled_to_walk(Adam{.learning_rate = 0.01}, 2);
    FitOptions options = in_small_batches(1);
    options.progress = [](const Progress& p) {
        if (p.step == 13)
            throw Error("enough");
    };
    for (Model* model : {&waiting, &walking}) {
        CHECK_THROWS_WITH(model->fit(x, y, options), "enough");
        model->set_learning_rate(0.005);
        CHECK_THROWS_WITH(model->fit(x, y, options), "enough");
    }
    check_close(waiting, walking, 2e-5f);
}

TEST_CASE("kernels for inference predict what all kernels do, and do not train") {
    const TokenMatrix x = random_words();
    Model whole(many_words_plan, {.seed = 4});
    Model small(many_words_inference_plan, {.seed = 4});
    const Tensor expected = whole.predict(x), predicted = small.predict(x);
    for (std::size_t i = 0; i < expected.size(); ++i)
        REQUIRE(predicted.data()[i] == expected.data()[i]);
    small.compile(Adam{}, Loss::binary_crossentropy);
    CHECK(small.evaluate(x, labels()).loss > 0);
    CHECK_THROWS_WITH(small.fit(x, labels(), {}), Catch::Matchers::Contains("many_words_plan instead of"));
    CHECK_THROWS_WITH(small.gradients(x, labels()), Catch::Matchers::Contains("only predicts and evaluates"));
}
