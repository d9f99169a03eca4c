// With a fixed number of parts of a batch, trainings have the same bits on any number of threads and ranks.
#include "../support/thread_ranks.hpp"
#include "../support/training_data.hpp"
#include "keras_classification.timeloom.hpp"
#include "many_words.timeloom.hpp"
#include "masked_classes.timeloom.hpp"
#include "remembering.timeloom.hpp"
#include "ruled.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "words_dropped.timeloom.hpp"
#include "words_of_all.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

using namespace timeloom;

namespace {

/// What a training is judged by.
struct Trained {
    std::vector<double> numbers; ///< losses and metrics of all epochs
    std::vector<Tensor> weights;
};

template <class Values>
bool have_same_bits(const Values& a, const Values& b) {
    return std::ranges::equal(std::as_bytes(std::span(a)), std::as_bytes(std::span(b)));
}

void require_same_bits(const Trained& a, const Trained& b) {
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

constexpr std::size_t samples = 101, batch = 45; // batches of 45, 45 and 11 rows: 8, 8 and 2 tiles

TokenMatrix words_of(const Case& c) {
    const auto steps = static_cast<std::size_t>(c.plan.inputs[0].timesteps);
    TokenMatrix words{samples, steps, std::vector<std::int32_t>(samples * steps)};
    Random random(5);
    for (std::int32_t& word : words.values) // few are frequent
        word = static_cast<std::int32_t>(
            random.below(1 + random.below(static_cast<std::uint32_t>(c.vocabulary))));
    return words;
}

Tensor targets_of(const Case& c) {
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

Model make_model(const Case& c, const ModelOptions& options) {
    Model model(c.plan, options);
    model.compile(c.optimizer, c.loss, c.metrics);
    if (c.calls)
        model.set_call([](Call& call) {
            return call.layer("dense", call.layer("lstm", call.layer("embedding", call.input())));
        });
    return model;
}

Trained result_of(Model& model, const History& history) {
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

Trained train(const Case& c, const ModelOptions& options,
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

const Case words_case{many_words_plan,
                      Adam{.learning_rate = 0.01, .clipnorm = 0.1},
                      Loss::binary_crossentropy,
                      {"accuracy", "auc"},
                      true,
                      false,
                      150};

std::vector<Case> cases() {
    const Loss classes = Loss::sparse_categorical_crossentropy;
    return {
        words_case,
        {many_words_plan, RMSprop{}, Loss::binary_crossentropy, {}, true, false, 150, true},
        {tagger_plan, Adam{.learning_rate = 0.01}, classes, {"accuracy"}, false, true},
        {words_of_cells_plan,
         AdamW{.learning_rate = 0.01, .global_clipnorm = 0.5},
         Loss::mean_squared_error,
         {"mae"},
         true,
         false,
         300},
        {words_of_all_plan,
         SGD{.learning_rate = 0.05, .momentum = 0.9},
         Loss::mean_squared_error,
         {},
         true,
         false,
         40},
        {words_dropped_plan,
         Adam{.learning_rate = 0.01, .clipvalue = 0.01},
         Loss::mean_squared_error,
         {},
         true,
         false,
         40},
        {masked_classes_plan, Adam{.learning_rate = 0.01}, classes, {"accuracy"}, true, true, 9},
        {ruled_plan,
         Adam{.learning_rate = 0.05},
         Loss::mean_squared_error,
         {"mae"},
         true,
         false,
         20,
         false,
         true},
    };
}

} // namespace

TEST_CASE("with fixed parts, the number of threads changes no bit") {
    for (const Case& c : cases()) {
        INFO(c.plan.name);
        const Trained one = train(c, {.seed = 3, .threads = 1, .batch_parts = 8});
        for (const std::size_t threads : {2, 3, 5})
            require_same_bits(one, train(c, {.seed = 3, .threads = threads, .batch_parts = 8}));
    }
}

TEST_CASE("fixed parts train as one part does, but for rounding") {
    for (const Case& c : cases()) {
        INFO(c.plan.name);
        const Trained whole = train(c, {.seed = 3, .threads = 1}, {.epochs = 1, .batch_size = batch});
        const Trained parts =
            train(c, {.seed = 3, .threads = 1, .batch_parts = 5}, {.epochs = 1, .batch_size = batch});
        for (std::size_t i = 0; i < whole.numbers.size(); ++i)
            REQUIRE(parts.numbers[i] == Approx(whole.numbers[i]).epsilon(1e-4));
        for (std::size_t w = 0; w < whole.weights.size(); ++w)
            for (std::size_t i = 0; i < whole.weights[w].size(); ++i)
                REQUIRE(std::abs(parts.weights[w].data()[i] - whole.weights[w].data()[i]) < 2e-3f);
    }
}

TEST_CASE("ranks train to the bits of one process") {
    for (const Case& c : cases()) {
        INFO(c.plan.name);
        const Trained alone = train(c, {.seed = 3, .threads = 2, .batch_parts = 8});
        for (const std::size_t ranks : {1, 2, 3, 4, 8}) {
            std::vector<Trained> trained(ranks);
            on_ranks(ranks, [&](Communicator& communicator) {
                const std::size_t threads = 1 + communicator.rank() % 2;
                trained[communicator.rank()] =
                    train(c, {.seed = 3, .threads = threads, .communicator = &communicator});
            });
            for (const Trained& of_rank : trained)
                require_same_bits(alone, of_rank);
        }
    }
}

TEST_CASE("a checkpoint of some ranks is continued by others with the same bits") {
    const auto path = std::filesystem::temp_directory_path() / "timeloom_test_ranks.safetensors";
    std::filesystem::remove(path);
    const Trained undisturbed =
        train(words_case, {.seed = 3, .threads = 1, .batch_parts = 8}, {.epochs = 4, .batch_size = batch});
    on_ranks(2, [&](Communicator& communicator) {
        ModelCheckpoint checkpoint(path.string());
        train(words_case, {.seed = 3, .threads = 1, .communicator = &communicator},
              {.epochs = 2, .batch_size = batch, .callbacks = {&checkpoint}});
    });
    REQUIRE(std::filesystem::exists(path));
    for (const std::size_t ranks : {1, 3, 4}) {
        std::vector<std::vector<Tensor>> weights(ranks);
        on_ranks(ranks, [&](Communicator& communicator) {
            Model model = make_model(words_case, {.seed = 99, .threads = 1, .communicator = &communicator});
            model.load_checkpoint(path.string());
            const TokenMatrix words = words_of(words_case);
            model.fit(words, targets_of(words_case), {.epochs = 4, .batch_size = batch, .initial_epoch = 2});
            weights[communicator.rank()] = model.get_weights();
        });
        for (const std::vector<Tensor>& of_rank : weights)
            require_same_bits({{}, undisturbed.weights}, {{}, of_rank});
    }
    std::filesystem::remove(path);
}

// ---- Errors reach all ranks ----

namespace {

/// The messages of all ranks of a training in which `change` does something to one of them.
std::vector<std::string>
messages_of(std::size_t ranks, const std::function<void(std::size_t, ModelOptions&, FitOptions&)>& change) {
    std::vector<std::string> messages(ranks);
    on_ranks(ranks, [&](Communicator& communicator) {
        ModelOptions options{.seed = 3, .threads = 1, .communicator = &communicator};
        FitOptions fit{.epochs = 2, .batch_size = batch};
        try {
            change(communicator.rank(), options, fit);
            train(words_case, options, fit);
        } catch (const std::exception& error) {
            messages[communicator.rank()] = error.what();
        }
    });
    return messages;
}

struct Thrower final : Callback {
    void on_epoch_end(Model&, const EpochResult&) override { throw std::runtime_error("no space left"); }
};

} // namespace

TEST_CASE("what fails on one rank ends fit() on all") {
    SECTION("a callback") {
        Thrower thrower;
        Callback nothing;
        const auto messages = messages_of(3, [&](std::size_t rank, ModelOptions&, FitOptions& fit) {
            fit.callbacks = {rank == 1 ? &thrower : &nothing};
        });
        REQUIRE(messages == std::vector<std::string>{"rank 1 failed: no space left", "no space left",
                                                     "rank 1 failed: no space left"});
    }
    SECTION("progress") {
        const auto messages = messages_of(2, [&](std::size_t rank, ModelOptions&, FitOptions& fit) {
            fit.progress = [rank](const Progress& progress) {
                if (rank == 1 || progress.step == 2)
                    throw std::runtime_error("the screen is full");
            };
        });
        REQUIRE(messages ==
                std::vector<std::string>{"the screen is full", "rank 0 failed: the screen is full"});
    }
    SECTION("other options") {
        for (const std::string& message :
             messages_of(2, [](std::size_t rank, ModelOptions&, FitOptions&fit) { fit.batch_size += rank; }))
            REQUIRE(message ==
                    "fit: rank 1 has, at the beginning of fit(), other data or options of fit() than rank "
                    "0; all ranks must load the same data, and shuffle or draw them with the same seed");
    }
    SECTION("other weights") {
        for (const std::string& message : messages_of(
                 2, [](std::size_t rank, ModelOptions&options, FitOptions&) { options.seed += rank; }))
            REQUIRE(message ==
                    "fit: rank 1 has, at the beginning of epoch 1, other weights, moments or counters than "
                    "rank 0; give all ranks the same seed, build, checkpoint and callbacks");
    }
    SECTION("more ranks than parts") {
        for (const std::string& message :
             messages_of(3, [](std::size_t, ModelOptions&options, FitOptions&) { options.batch_parts = 2; }))
            REQUIRE(message ==
                    "Model: 3 ranks cannot share the 2 parts of a batch; set batch_parts to at least the "
                    "number of ranks, on any number of them");
    }
}

TEST_CASE("stop_training on one rank stops all") {
    struct Stopper final : Callback {
        void on_epoch_end(Model& model, const EpochResult& result) override {
            if (model.rank() == 1 && result.epoch == 2)
                model.stop_training();
        }
    };
    std::vector<std::size_t> epochs(2);
    on_ranks(2, [&](Communicator& communicator) {
        Stopper stopper;
        const Trained trained = train(words_case, {.seed = 3, .threads = 1, .communicator = &communicator},
                                      {.epochs = 5, .batch_size = batch, .callbacks = {&stopper}});
        epochs[communicator.rank()] = trained.numbers.size() / 6; // a loss and two metrics, twice
    });
    REQUIRE(epochs == std::vector<std::size_t>{2, 2});
}

TEST_CASE("ranks refuse to train stateful layers, and too many parts are refused") {
    const Tensor x = random_tensor({12, 7, 3}, 1), y({12, 7, 2});
    std::vector<std::string> messages(2);
    on_ranks(2, [&](Communicator& communicator) {
        Model model(remembering_plan, {.threads = 1, .communicator = &communicator});
        model.compile(SGD{}, Loss::mean_squared_error);
        try {
            model.fit(x, y, {.epochs = 1, .batch_size = 12, .shuffle = false});
        } catch (const Error& error) {
            messages[communicator.rank()] = error.what();
        }
    });
    for (const std::string& message : messages)
        REQUIRE(message ==
                "fit: layers are stateful, and what rows go on from is not shared by ranks; train this "
                "model in one process");
    REQUIRE_THROWS_WITH(Model(remembering_plan, {.threads = 1, .batch_parts = 65}),
                        "Model: a batch can have at most 64 parts, but batch_parts is 65");
}
