// Ranks of an mpirun train to the bits of one process. Every rank runs this program, and trains alone, too.
#include "../support/training_data.hpp"
#include "mpi_vectors.timeloom.hpp"
#include "mpi_words.timeloom.hpp"
#include "words.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/mpi/communicator.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <filesystem>

using namespace timeloom;

namespace {

mpi::Communicator& world() {
    static mpi::Communicator communicator({.timeout = std::chrono::seconds(60)});
    return communicator;
}

struct Trained {
    std::vector<double> numbers;
    std::vector<float> weights;
    bool operator==(const Trained& other) const { // bits
        const auto same = [](const auto& a, const auto& b) {
            return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0;
        };
        return same(numbers, other.numbers) && same(weights, other.weights);
    }
};

constexpr std::size_t samples = 109, batch = 50; // the last batch has 9 rows, which are two tiles

Trained result_of(Model& model, const History& history) {
    Trained trained{{}, all_weights(model)};
    for (const EpochResult& epoch : history)
        for (const std::string name : {"loss", "val_loss", "accuracy", "val_accuracy"})
            trained.numbers.push_back(epoch.value(name).value());
    return trained;
}

Trained train_words(const ModelOptions& options, const std::vector<Callback*>& callbacks = {}) {
    const auto [x, y] = tests::random_words(samples);
    Model model(mpi_words_plan, options);
    model.compile(Adam{.learning_rate = 0.02, .clipnorm = 0.05}, Loss::binary_crossentropy, {"accuracy"});
    return result_of(model, model.fit(x, y,
                                      {.epochs = 3,
                                       .batch_size = batch,
                                       .validation_data = ValidationData(x, y),
                                       .callbacks = callbacks,
                                       .class_weight = {{0, 0.5}}}));
}

Trained train_vectors(const ModelOptions& options) {
    const Tensor x = random_tensor({samples, 7, 3}, 5);
    Tensor y({samples, 7, 1});
    Random random(8);
    for (float& value : y.values())
        value = static_cast<float>(random.below(3));
    Model model(mpi_vectors_plan, options);
    model.compile(SGD{.learning_rate = 0.1, .momentum = 0.9}, Loss::sparse_categorical_crossentropy,
                  {"accuracy"});
    EarlyStopping stopping({.monitor = "accuracy", .patience = 1, .restore_best_weights = true});
    return result_of(model, model.fit(x, y,
                                      {.epochs = 6,
                                       .batch_size = batch,
                                       .validation_data = ValidationData(x, y),
                                       .callbacks = {&stopping}}));
}

} // namespace

TEST_CASE("ranks of MPI train to the bits of one process") {
    const Trained words = train_words({.seed = 5, .threads = 1, .batch_parts = 8});
    const Trained vectors = train_vectors({.seed = 5, .threads = 1, .batch_parts = 8});
    for (const std::size_t threads : {1, 2, 3}) {
        REQUIRE(train_words({.seed = 5, .threads = threads, .communicator = &world()}) == words);
        REQUIRE(train_vectors({.seed = 5, .threads = threads, .communicator = &world()}) == vectors);
    }
}

TEST_CASE("MPI carries messages of any size, of none too") {
    const std::size_t rank = world().rank(), size = world().size();
    const auto message = [](std::size_t from, std::size_t to) {
        return std::vector<std::byte>(to == 0 ? 0 : 100000 * from + to, std::byte(16 * from + to));
    };
    for (int round = 0; round < 20; ++round) {
        std::vector<std::vector<std::byte>> out(size), in(size);
        std::vector<std::span<const std::byte>> sent(size);
        std::vector<std::span<std::byte>> received(size);
        for (std::size_t other = 0; other < size; ++other) {
            sent[other] = out[other] = message(rank, other);
            in[other].resize(message(other, rank).size());
            received[other] = in[other];
        }
        world().exchange(sent, received);
        for (std::size_t other = 0; other < size; ++other)
            REQUIRE((other == rank || in[other] == message(other, rank)));
        const auto gathered = world().all_gather(message(rank, rank + 1));
        for (std::size_t other = 0; other < size; ++other)
            REQUIRE(gathered[other] == message(other, other + 1));
    }
    REQUIRE_THROWS_WITH(world().exchange({}, {}), "mpi::Communicator::exchange: there are " +
                                                      std::to_string(size) +
                                                      " ranks, but messages to 0 and from 0");
}

TEST_CASE("what fails on one rank of MPI ends fit() on all") {
    struct Thrower final : Callback {
        void on_epoch_end(Model& model, const EpochResult& result) override {
            if (model.rank() + 1 == world().size() && result.epoch == 2)
                throw Error("the disk is full");
        }
    };
    Thrower thrower;
    const std::string last = std::to_string(world().size() - 1);
    const bool is_last = world().rank() + 1 == world().size();
    REQUIRE_THROWS_WITH(train_words({.seed = 5, .threads = 1, .communicator = &world()}, {&thrower}),
                        is_last ? "the disk is full" : "rank " + last + " failed: the disk is full");
    REQUIRE_NOTHROW(
        train_words({.seed = 5, .threads = 1, .communicator = &world()})); // nobody is out of step
}

TEST_CASE("rank 0 writes, and no other rank") {
    const auto path =
        std::filesystem::temp_directory_path() /
        ("timeloom_test_mpi_" + std::to_string(world().size()) + "_" + std::to_string(world().rank()));
    std::filesystem::remove(path);
    Model model(mpi_words_plan, {.communicator = &world()});
    model.save_weights(path.string());
    REQUIRE(std::filesystem::exists(path) == (world().rank() == 0));
    std::filesystem::remove(path);
    world().barrier();
}
