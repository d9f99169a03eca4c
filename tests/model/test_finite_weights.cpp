// Weights are finite numbers at all times: what is not is refused where it comes in, and where a step makes
// it.
#include "../keras/keras_training_models.hpp"
#include "../support/temporary_folder.hpp"
#include "../support/training_data.hpp"
#include "keras_regression.timeloom.hpp"
#include "many_words.timeloom.hpp"
#include "masked_models.hpp"
#include "model_test_models.hpp"
#include "remembering.timeloom.hpp"
#include "ruled.timeloom.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

using namespace timeloom;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr float no_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

const Tensor series = random_tensor({24, 6, 2}, 1);
const Tensor targets = random_tensor({24, 1}, 2);

TokenMatrix words(std::int32_t bound) {
    TokenMatrix x{24, 3, std::vector<std::int32_t>(72)};
    Random random(5);
    for (std::int32_t& word : x.values)
        word = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(bound)));
    return x;
}

/// A model with what it trains on; `x` must outlive the inputs.
struct Training {
    Model model;
    Inputs x;
    const Tensor& y = targets;
};

const TokenMatrix many = words(150), few = words(20);

Training dense_training(std::size_t threads) {
    return {Model(keras_regression_plan, {.seed = 1, .threads = threads}), series};
}
Training word_training(std::size_t threads) {
    return {Model(many_words_plan, {.seed = 1, .threads = threads}), many};
}
Training ruled_training(std::size_t threads) {
    return {Model(ruled_plan, {.seed = 1, .threads = threads}), few};
}

const Tensor steps = random_tensor({24, 7, 3}, 8), step_targets = random_tensor({24, 7, 2}, 9);

Training stateful_training(std::size_t threads) {
    return {Model(remembering_plan, {.seed = 1, .threads = threads}), steps, step_targets};
}

FitOptions small_batches(std::size_t epochs) {
    FitOptions options;
    options.epochs = epochs;
    options.batch_size = 4;
    return options;
}

/// Weights, moments and counts as a checkpoint holds them, but for the learning rate.
std::string state_of(const Model& model) {
    const TemporaryFolder folder;
    model.save_checkpoint(folder.path() / "state");
    const WeightsFile file = load_weights(folder.path() / "state");
    json state = json::parse(file.metadata.at("training_state"));
    state.erase("learning_rate");
    std::string text = state.dump();
    for (const NamedTensor& t : file.tensors) {
        text += t.name;
        text.append(reinterpret_cast<const char*>(t.tensor.data()), t.tensor.size() * sizeof(float));
    }
    return text;
}

bool all_finite(const Model& model) {
    return std::ranges::all_of(all_weights(model), [](float w) { return std::isfinite(w); });
}

const std::vector<Optimizer> optimizers{Adam{},
                                        Adam{.clipnorm = 1.0},
                                        AdamW{.weight_decay = 0.1},
                                        SGD{},
                                        SGD{.momentum = 0.9, .nesterov = true},
                                        RMSprop{.momentum = 0.5, .centered = true}};

} // namespace

TEST_CASE("a step that would not be finite is not made") {
    for (const auto make : {dense_training, word_training, ruled_training, stateful_training})
        for (const Optimizer& optimizer : optimizers)
            for (const double rate : {1e300, 1e38, 1e30})
                for (const std::size_t threads : {1, 2}) {
                    if (threads == 2 && rate != 1e300)
                        continue;
                    CAPTURE(to_string(optimizer), rate, threads);
                    Training t = make(threads);
                    t.model.compile(optimizer, Loss::mean_squared_error);
                    t.model.fit(t.x, t.y, small_batches(2));
                    // Up to the last good step, once by itself and once ended by a callback.
                    const auto fit = [&](Training& training, std::size_t last_step) {
                        std::size_t steps = 0;
                        training.model.set_learning_rate(rate);
                        FitOptions options = small_batches(20);
                        options.progress = [&](const Progress& p) {
                            steps += p.kind == Progress::Kind::step ? 1 : 0;
                            const bool ends_epoch = last_step % 6 == 0;
                            if (steps == last_step && ends_epoch == (p.kind == Progress::Kind::epoch_end))
                                throw Error("the last good step");
                        };
                        if (last_step == 0)
                            return steps;
                        try {
                            training.model.fit(training.x, training.y, options);
                        } catch (const Error& error) {
                            if (std::string(error.what()) != "the last good step") {
                                INFO(error.what());
                                CHECK_THAT(error.what(),
                                           Contains("is not finite in epoch") && Contains("learning rate"));
                            }
                        }
                        return steps;
                    };
                    const std::size_t good = fit(t, std::numeric_limits<std::size_t>::max());
                    CHECK(all_finite(t.model));
                    if (rate == 1e300)
                        CHECK(good == 0);
                    Training same = make(threads);
                    same.model.compile(optimizer, Loss::mean_squared_error);
                    same.model.fit(same.x, same.y, small_batches(2));
                    fit(same, good);
                    CHECK(all_weights(t.model) == all_weights(same.model));
                    CHECK(t.model.epochs_trained() == same.model.epochs_trained());
                    if (std::holds_alternative<Adam>(optimizer) && threads == 2 &&
                        rate == 1e300) // files take time
                        CHECK((state_of(t.model) == state_of(same.model)));
                    if (good > 0) // gradients of weights as large as those may not be finite
                        continue;
                    // Moments, steps and states are as before, too.
                    for (Training* each : {&t, &same}) {
                        each->model.set_learning_rate(0.001);
                        CHECK(each->model.fit(each->x, each->y, small_batches(1)).size() == 1);
                    }
                    CHECK(all_weights(t.model) == all_weights(same.model));
                }
}

TEST_CASE("a first step that is not made leaves no states either") {
    Training t = stateful_training(1);
    t.model.compile(SGD{.learning_rate = 1e300}, Loss::mean_squared_error);
    CHECK_THROWS_WITH(t.model.fit(t.x, t.y, small_batches(1)), Contains("step 1"));
    CHECK_NOTHROW(t.model.predict(t.x, 8)); // of another size than the batches before
}

TEST_CASE("what is postponed of an embedding does not overflow later either") {
    // Weight decay of -1e10 a step: the fourth is too much, also for rows that no batch names.
    Training t = word_training(2);
    t.model.compile(AdamW{.learning_rate = 1, .weight_decay = 1e10}, Loss::binary_crossentropy);
    Tensor y({24, 1});
    t.model.set_weights("dense/kernel", Tensor({4, 1}));
    CHECK_THROWS_WITH(t.model.fit(t.x, y, small_batches(20)), Contains("is not finite"));
    CHECK(all_finite(t.model));
    const Tensor table = t.model.get_weights("embedding/embeddings");
    CHECK(std::ranges::any_of(table.values(), [](float w) { return std::abs(w) > 1e20f; }));
}

TEST_CASE("the message says whether the loss, a gradient or the update was not finite") {
    Training t = dense_training(1);
    t.model.compile(SGD{.learning_rate = 1e300}, Loss::mean_squared_error);
    CHECK_THROWS_WITH(t.model.fit(t.x, t.y, small_batches(1)),
                      Contains("what the update makes of") && Contains("epoch 1, step 1"));
    Tensor far = targets;
    far.fill(3e38f);
    t.model.compile(SGD{}, Loss::mean_absolute_error);
    t.model.set_weights("dense/kernel", Tensor({3, 1}, std::vector<float>{3e38f, 3e38f, 3e38f}));
    const std::vector<float> before = all_weights(t.model);
    t.model.compile(SGD{}, Loss::mean_squared_error);
    CHECK_THROWS_WITH(t.model.fit(t.x, far, small_batches(1)), Contains("is not finite in epoch 1, step 1"));
    CHECK(all_weights(t.model) == before);
    // A schedule that grows beyond all bounds.
    Training growing = dense_training(1);
    growing.model.compile(SGD{.learning_rate = ExponentialDecay{0.01, 1, 1e300}}, Loss::mean_squared_error);
    CHECK_THROWS_WITH(growing.model.fit(growing.x, growing.y, small_batches(1)), Contains("step 2"));
    CHECK(all_finite(growing.model));
}

TEST_CASE("weights that are not finite are refused by name and position") {
    Training t = dense_training(1);
    const std::vector<float> before = all_weights(t.model);
    for (const float bad : {no_number, infinite, -infinite}) {
        Tensor kernel = t.model.get_weights("lstm/kernel");
        kernel(1, 7) = bad;
        CHECK_THROWS_WITH(t.model.set_weights("lstm/kernel", kernel),
                          Contains("lstm/kernel holds") && Contains("(1, 7)"));
        std::vector<Tensor> all = t.model.get_weights();
        all.back()(0) = bad;
        CHECK_THROWS_WITH(t.model.set_weights(all), Contains("dense/bias holds") && Contains("(0)"));
    }
    CHECK(all_weights(t.model) == before);
}

TEST_CASE("files that hold numbers which are not finite, or which cannot be, are refused") {
    const TemporaryFolder folder;
    const auto good = folder.path() / "good", bad = folder.path() / "bad";
    Training t = dense_training(1);
    t.model.compile(Adam{}, Loss::mean_squared_error);
    t.model.fit(t.x, t.y, small_batches(1));
    t.model.save_checkpoint(good);
    const std::string before = state_of(t.model);
    const WeightsFile saved = load_weights(good);
    const auto write = [&](const std::string& tensor, float value, const char* key, const json& entry) {
        std::vector<NamedTensor> tensors = saved.tensors;
        for (NamedTensor& each : tensors)
            if (each.name == tensor)
                each.tensor.values().back() = value;
        std::vector<NamedValues> values;
        for (const NamedTensor& each : tensors)
            values.push_back({each.name, each.tensor.shape(), each.tensor.values()});
        json state = json::parse(saved.metadata.at("training_state"));
        if (key != nullptr)
            state[key] = entry;
        const std::string text = state.dump();
        save_weights(bad, saved.model, values,
                     {{"training_state", text},
                      {"training_state_crc32", std::to_string(crc32(std::as_bytes(std::span(text))))}});
    };
    for (const float value : {no_number, infinite}) {
        write("gru/bias", value, nullptr, {});
        CHECK_THROWS_WITH(t.model.load_checkpoint(bad), Contains("bad") && Contains("gru/bias holds"));
        CHECK_THROWS_WITH(t.model.load_weights(bad), Contains("bad") && Contains("gru/bias holds"));
        write("optimizer/momentum/lstm/kernel", value, nullptr, {});
        CHECK_THROWS_WITH(t.model.load_checkpoint(bad),
                          Contains("momentum") && Contains("lstm/kernel holds"));
        CHECK_NOTHROW(Model(keras_regression_plan).load_weights(bad));
    }
    write("optimizer/velocity/lstm/kernel", -1, nullptr, {});
    CHECK_THROWS_WITH(t.model.load_checkpoint(bad), Contains("negative") && Contains("velocity"));
    for (const char* const count : {"epochs", "steps", "optimizer_steps"})
        for (const json& value :
             {json(-1), json(1.5), json(1e30), json(std::uint64_t{1} << 60), json("2"), json()}) {
            CAPTURE(count, value.dump());
            write("", 0, count, value);
            CHECK_THROWS_WITH(t.model.load_checkpoint(bad), Contains("bad: its training state is none"));
        }
    for (const json& value : {json(-1), json(1.5), json("2")}) {
        write("", 0, "seed", value);
        CHECK_THROWS_WITH(t.model.load_checkpoint(bad), Contains("bad: its training state is none"));
    }
    for (const json& value : {json(-1), json("fast"), json(), json(no_number)}) {
        write("", 0, "learning_rate", value);
        CHECK_THROWS_WITH(t.model.load_checkpoint(bad), Contains("bad"));
    }
    CHECK(state_of(t.model) == before);
}

TEST_CASE("Adam squares the sum of an embedding's gradients, not each occurrence's") {
    // In the first step Adam moves a value by the learning rate, whatever its gradient, if it squares the
    // sum; squaring each of a token's occurrences and adding the squares up would give up to √2 of that.
    Training t = word_training(1);
    TokenMatrix x{2, 3, {7, 7, 7, 9, 7, 11}};
    const Tensor y({2, 1});
    constexpr double rate = 0.01;
    t.model.compile(Adam{.learning_rate = rate, .epsilon = 1e-30}, Loss::binary_crossentropy);
    const Tensor before = t.model.get_weights("embedding/embeddings");
    FitOptions one_step;
    one_step.batch_size = 2;
    t.model.fit(x, y, one_step);
    const Tensor after = t.model.get_weights("embedding/embeddings");
    for (const std::size_t word : {7, 9, 11})
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(std::abs(after(word, i) - before(word, i)) == Approx(rate).epsilon(1e-4));
    CHECK(after(8, 0) == before(8, 0));
}
