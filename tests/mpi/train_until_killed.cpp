// train_until_killed CHECKPOINT EPOCHS: trains, from the checkpoint where there is one, and prints all that
// came out as one number. Tells by a line of output when it begins and after each epoch. See death_drill.py.
#include "../support/training_data.hpp"
#include "mpi_words.timeloom.hpp"
#include "words.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/mpi/communicator.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

using namespace timeloom;

namespace {

struct Teller final : Callback {
    void on_epoch_end(Model& model, const EpochResult& result) override {
        if (model.rank() == 0) {
            std::printf("epoch %zu\n", result.epoch);
            std::fflush(stdout);
        }
    }
};

void train(const std::string& path, std::size_t epochs) {
    mpi::Communicator world;
    std::printf("rank %zu is process %d\n", world.rank(), static_cast<int>(getpid()));
    std::fflush(stdout);
    const auto [x, y] = tests::random_words(1500);
    Model model(mpi_words_plan, {.seed = 5, .threads = 1, .communicator = &world});
    model.compile(Adam{.learning_rate = 0.02}, Loss::binary_crossentropy);
    if (std::filesystem::exists(path))
        model.load_checkpoint(path);
    ModelCheckpoint checkpoint(path);
    Teller teller;
    model.fit(x, y,
              {.epochs = epochs,
               .batch_size = 50,
               .callbacks = {&checkpoint, &teller},
               .initial_epoch = model.epochs_trained()});
    const std::vector<float> weights = all_weights(model);
    if (world.rank() == 0)
        std::printf("result %08x of epoch %zu\n", crc32(std::as_bytes(std::span(weights))),
                    model.epochs_trained());
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 3)
        throw Error("usage: train_until_killed CHECKPOINT EPOCHS");
    train(argv[1], std::strtoul(argv[2], nullptr, 10));
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
