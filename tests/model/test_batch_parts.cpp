// With a fixed number of parts of a batch, trainings have the same bits on any number of threads and ranks.
#include "../support/thread_ranks.hpp"
#include "batch_parts_cases.hpp"
#include "masked_classes.timeloom.hpp"
#include "ruled.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "words_dropped.timeloom.hpp"
#include "words_of_all.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/model/callbacks.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

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
