// What fails, stops or differs on one rank reaches all ranks of a training.
#include "../support/thread_ranks.hpp"
#include "batch_parts_cases.hpp"
#include "remembering.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <stdexcept>

using namespace timeloom;
using namespace timeloom::tests;

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
