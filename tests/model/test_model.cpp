// Model: training, evaluation, prediction, files, and what it says to bad input.
#include "../keras/keras_training_models.hpp"
#include "../support/temporary_folder.hpp"
#include "../support/training_data.hpp"
#include "both_ways.timeloom.hpp"
#include "gated.timeloom.hpp"
#include "keras_classification.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "model_test_models.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace timeloom;
using Catch::Matchers::Contains;

namespace {

/// Weights of a model with the outputs of `tagger` after a short training. Batches of 16 and 8 rows.
std::vector<float> trained(const plan::Model& plan, std::size_t threads, std::uint64_t seed) {
    Model model(plan, {.seed = seed, .threads = threads});
    model.compile(Adam{}, Loss::categorical_crossentropy, {"accuracy"});
    FitOptions options;
    options.epochs = 2;
    options.batch_size = 16;
    model.fit(random_tensor({40, 7, 3}, 1), random_tags(40, 2), options);
    return all_weights(model);
}

std::vector<float> trained_tagger(std::size_t threads, std::uint64_t seed) {
    return trained(tagger_plan, threads, seed);
}

std::vector<float> trained_both_ways(std::size_t threads, std::uint64_t seed) {
    return trained(both_ways_plan, threads, seed);
}

} // namespace

TEST_CASE("the same seed gives the same bits, another seed others") {
    for (const auto train : {trained_tagger, trained_both_ways}) {
        CHECK(train(1, 5) == train(1, 5));
        CHECK(train(2, 5) == train(2, 5));
        CHECK(train(1, 5) != train(1, 6));
    }
}

TEST_CASE("dropout masks do not depend on the number of threads") {
    for (const auto train : {trained_tagger, trained_both_ways}) {
        const std::vector<float> one = train(1, 5);
        const std::vector<float> two = train(2, 5);
        for (std::size_t i = 0; i < one.size(); ++i) {
            CHECK(one[i] == Approx(two[i]).margin(1e-5)); // only the order of summation differs
        }
    }
}

TEST_CASE("a training step follows the gradient that finite differences show") {
    const Tensor x = random_tensor({9, 6, 2}, 3);
    const Tensor y = random_tensor({9, 1}, 4);
    Model model(keras_regression_plan, {.seed = 7, .threads = 2});
    model.compile(SGD{.learning_rate = 1.0}, Loss::mean_squared_error);
    FitOptions one_step;
    one_step.batch_size = 9;
    one_step.shuffle = false;

    std::vector<Tensor> before, after;
    for (const std::string& name : model.weight_names()) {
        before.push_back(model.get_weights(name));
    }
    model.fit(x, y, one_step);
    for (std::size_t i = 0; i < before.size(); ++i) {
        after.push_back(model.get_weights(model.weight_names()[i]));
        model.set_weights(model.weight_names()[i], before[i]);
    }
    // In float32 a difference of losses near 1 carries an error of about 1e-7 / step; the curvature adds
    // step².
    const float step = 1e-2f;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const std::string name = model.weight_names()[i];
        for (std::size_t j = 0; j < before[i].size(); j += 3) {
            Tensor moved = before[i];
            const auto loss_at = [&](float shift) {
                moved.values()[j] = before[i].values()[j] + shift;
                model.set_weights(name, moved);
                return model.evaluate(x, y).loss;
            };
            const double difference = (loss_at(step) - loss_at(-step)) / (2.0 * step);
            const double gradient = before[i].values()[j] - after[i].values()[j];
            INFO(name << " " << j);
            CHECK(gradient == Approx(difference).margin(2e-4));
            model.set_weights(name, before[i]);
        }
    }
}

TEST_CASE("a tagger learns a rule of its inputs") {
    const Tensor x = random_tensor({256, 7, 3}, 11);
    Tensor y({256, 7, 4});
    for (std::size_t row = 0; row < y.rows(); ++row) {
        y.row(row)[(x.row(row)[0] > 0 ? 1u : 0u) + (x.row(row)[1] > 0 ? 2u : 0u)] = 1;
    }
    Model model(tagger_plan, {.seed = 1, .threads = 2});
    model.compile(Adam{.learning_rate = 0.01}, Loss::categorical_crossentropy, {"accuracy"});
    FitOptions options;
    options.epochs = 60;
    const History history = model.fit(x, y, options);
    CHECK(history.back().training.loss < 0.6 * history.front().training.loss);
    CHECK(model.evaluate(x, y).metric("accuracy") > 0.9);
}

TEST_CASE("predictions do not depend on the batch they are made in") {
    const Tensor x = random_tensor({13, 6, 2}, 21);
    Model model(keras_regression_plan, {.seed = 3, .threads = 2});
    const Tensor all = model.predict(x, 13);
    for (const std::size_t batch : {1, 2, 3, 5, 6, 12}) {
        const Tensor some = model.predict(x, batch);
        for (std::size_t i = 0; i < all.size(); ++i) {
            CHECK(some.values()[i] == Approx(all.values()[i]).margin(1e-6));
        }
    }
}

TEST_CASE("weights survive a file") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    Model saved(keras_classification_plan, {.seed = 1, .threads = 1});
    saved.save_weights(path);
    Model loaded(keras_classification_plan, {.seed = 2, .threads = 1});
    CHECK(all_weights(loaded) != all_weights(saved));
    loaded.load_weights(path);
    CHECK(all_weights(loaded) == all_weights(saved));

    Model other(keras_regression_plan, {.threads = 1});
    const std::vector<float> untouched = all_weights(other);
    CHECK_THROWS_WITH(other.load_weights(path),
                      Contains("weights.safetensors: lstm/kernel") && Contains("(2, 16)"));
    CHECK(all_weights(other) == untouched);
}

TEST_CASE("gates are told by name, and weights in another order are refused") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "weights";
    const auto lstm = [](std::uint64_t seed) {
        return Model(keras_regression_plan, {.seed = seed, .threads = 1});
    };
    const Model saved = lstm(1);
    const std::vector<std::string> order{"i", "f", "c", "o"};
    CHECK(saved.gates("lstm/kernel") == order);
    CHECK(saved.gates("lstm/recurrent_kernel") == order);
    CHECK(saved.gates("lstm/bias") == order);
    CHECK(saved.gates("dense/kernel") == std::vector<std::string>{"y"});
    CHECK_THROWS_WITH(saved.gates("lstm/peephole"), Contains("lstm/peephole"));
    CHECK_THAT(saved.summary(), Contains("\nlstm: i, f, c, o\n"));

    saved.save_weights(path);
    WeightsFile file = load_weights(path);
    CHECK(file.metadata.at("gates of lstm/kernel") == "i, f, c, o");
    std::vector<NamedValues> tensors;
    for (const NamedTensor& t : file.tensors) {
        tensors.push_back({t.name, t.tensor.shape(), t.tensor.values()});
    }
    file.metadata["gates of lstm/recurrent_kernel"] = "i, c, f, o";
    save_weights(folder.path() / "other", file.model, tensors, file.metadata);
    save_weights(folder.path() / "untold", file.model, tensors);
    Model loaded = lstm(2);
    const std::vector<float> untouched = all_weights(loaded);
    CHECK_THROWS_WITH(loaded.load_weights(folder.path() / "other"),
                      Contains("the gates of lstm/recurrent_kernel are in the order i, c, f, o, but in the "
                               "model in the order i, f, c, o"));
    CHECK(all_weights(loaded) == untouched);
    loaded.load_weights(folder.path() / "untold");
    CHECK(all_weights(loaded) == all_weights(saved));
}

TEST_CASE("training stops at a loss that is not finite and keeps the parameters") {
    Model model(keras_regression_plan, {.seed = 1, .threads = 1});
    model.compile(SGD{.learning_rate = 1e30}, Loss::mean_squared_error);
    const Tensor x = random_tensor({8, 6, 2}, 1);
    const Tensor y = random_tensor({8, 1}, 2);
    FitOptions options;
    options.epochs = 10;
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("not finite") && Contains("learning rate"));
    const std::vector<float> weights = all_weights(model);
    CHECK(std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); }));
}

TEST_CASE("bad input is named before a kernel runs") {
    Model model(keras_regression_plan, {.threads = 1});
    const Tensor x = random_tensor({8, 6, 2}, 1);
    const Tensor y = random_tensor({8, 1}, 2);
    FitOptions options;
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("compile()"));
    model.compile(Adam{}, Loss::mean_squared_error);
    CHECK_THROWS_WITH(model.fit(random_tensor({8, 5, 2}, 1), y, options),
                      Contains("(8, 5, 2)") && Contains("(8, 6, 2)"));
    CHECK_THROWS_WITH(model.fit(x, random_tensor({7, 1}, 1), options), Contains("targets"));
    CHECK_THROWS_WITH(model.predict(TokenMatrix{1, 6, std::vector<std::int32_t>(6)}), Contains("vectors"));
    CHECK_THROWS_WITH(model.predict(x, 0), Contains("batch_size"));
    Tensor broken = x;
    broken(3, 2, 1) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(model.predict(broken), Contains("not finite") && Contains("sample 3"));
    options.batch_size = 16;
    options.drop_remainder = true;
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("full batch"));
    CHECK_THROWS_WITH(model.get_weights("lstm/bias_of_nobody"), Contains("lstm/kernel"));
    CHECK_THROWS_WITH(model.evaluate(x, y).metric("accuracy"), Contains("accuracy"));

    Model words(keras_classification_plan, {.threads = 1});
    CHECK_THROWS_WITH(words.predict(TokenMatrix{1, 5, {1, 2, 11, 0, 0}}),
                      Contains("11") && Contains("sample 0"));
    CHECK_THROWS_WITH(words.predict(TokenMatrix{1, 4, {1, 2, 3, 0}}), Contains("pad_sequences"));
}

TEST_CASE("validation, metrics and progress follow Keras's rhythm") {
    const Tensor x = random_tensor({10, 6, 2}, 1);
    const Tensor y = random_tensor({10, 1}, 2);
    Model model(keras_regression_plan, {.seed = 1, .threads = 1});
    model.compile(Adam{}, Loss::mean_squared_error, {"mean_absolute_error"});
    std::size_t steps = 0, epochs = 0;
    FitOptions options;
    options.epochs = 4;
    options.batch_size = 4;
    options.drop_remainder = true;
    options.validation_data = ValidationData(x, y);
    options.validation_freq = 2;
    options.progress = [&](const Progress& p) { ++(p.kind == Progress::Kind::step ? steps : epochs); };
    const History history = model.fit(x, y, options);
    CHECK(steps == 4 * 2);
    CHECK(epochs == 4);
    REQUIRE(history.size() == 4);
    CHECK(!history[0].validation);
    REQUIRE(history[3].validation);
    const Evaluation evaluation = model.evaluate(x, y, 3);
    CHECK(history[3].validation->loss == Approx(evaluation.loss));
    CHECK(evaluation.metric("mean_absolute_error") > 0);
}

TEST_CASE("the summary counts parameters as the declaration does") {
    const Model model(tagger_plan, {.threads = 1});
    static_assert(tests::tagger.parameters() == 3 * (3 * 5 + 5 * 5 + 5) + 5 * 4 + 4);
    CHECK(model.count_parameters() == static_cast<std::size_t>(tests::tagger.parameters()));
    CHECK_THAT(model.summary(), Contains("gru_reset_before (GRU)  (None, 7, 5)      135\n") &&
                                    Contains("Total params: 159\n"));
}

TEST_CASE("a failed compile changes nothing") {
    const Tensor x = random_tensor({8, 6, 2}, 1);
    const Tensor y = random_tensor({8, 1}, 2);
    Model model(keras_regression_plan, {.threads = 1});
    model.compile(SGD{}, Loss::mean_squared_error);
    CHECK_THROWS_AS(model.compile(Adam{.beta_1 = 2}, Loss::mean_squared_error), Error);
    CHECK_THROWS_AS(model.compile(SGD{}, Loss::mean_squared_error, {"no_such_metric"}), Error);
    FitOptions options;
    CHECK(model.fit(x, y, options).size() == 1);
    model.compile(SGD{}, Loss::binary_crossentropy);
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("between 0 and 1")); // y reaches down to -1
}

TEST_CASE("a training step does not depend on the batches before it") {
    const Tensor x = random_tensor({12, 5, 2}, 1);
    const Tensor y = random_tensor({12, 1}, 2);
    FitOptions one_step;
    one_step.batch_size = 12;
    one_step.shuffle = false;
    const auto trained = [&](bool other_batches_first) {
        Model model(gated_plan, {.seed = 4, .threads = 1});
        model.compile(SGD{}, Loss::mean_squared_error);
        if (other_batches_first) {
            std::vector<Tensor> before;
            for (const std::string& name : model.weight_names()) {
                before.push_back(model.get_weights(name));
            }
            model.fit(x, y, one_step);
            model.fit(random_tensor({6, 5, 2}, 5), random_tensor({6, 1}, 6), one_step);
            for (std::size_t i = 0; i < before.size(); ++i) {
                model.set_weights(model.weight_names()[i], before[i]);
            }
        }
        model.fit(x, y, one_step);
        return all_weights(model);
    };
    CHECK(trained(true) == trained(false));
}

TEST_CASE("the gradient of a watched input is the loss's finite difference") {
    Model model(keras_regression_plan, {.seed = 2, .threads = 2});
    model.compile(SGD{}, Loss::mean_squared_error);
    Tensor x = random_tensor({13, 6, 2}, 3);
    const Tensor y = random_tensor({13, 1}, 4);
    model.set_call([](Call& call) {
        CallValue value = call.input();
        for (const char* layer : {"lstm", "gru", "dense"}) {
            value = call.layer(layer, value);
        }
        call.watch("input", call.input()); // after its readers
        return value;
    });
    const Tensor gradient = model.gradients(x, y).watched.at("input");
    REQUIRE(gradient.shape() == x.shape());
    for (std::size_t i = 0; i < x.size(); i += 5) {
        CAPTURE(i);
        constexpr float step = 1.0f / 64;
        const float middle = x.values()[i];
        const auto loss_at = [&](float value) {
            x.values()[i] = value;
            return model.evaluate(x, y).loss;
        };
        const double difference = (loss_at(middle + step) - loss_at(middle - step)) / (2 * step);
        x.values()[i] = middle;
        CHECK(gradient.values()[i] == Approx(difference).epsilon(0.01).margin(2e-5));
    }
    CHECK(std::ranges::any_of(gradient.values(), [](float g) { return std::abs(g) > 1e-3; }));
}
