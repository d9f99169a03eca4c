// Checkpoints: a training resumed from one has the bits of one that never stopped; bad files change nothing.
#include "../keras/keras_training_models.hpp"
#include "../support/temporary_folder.hpp"
#include "../support/training_data.hpp"
#include "keras_classification.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "model_test_models.hpp"
#include "ongoing.timeloom.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/dsl/dsl.hpp"
#include "timeloom/dsl/network/fingerprint.hpp"
#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace timeloom;
using Catch::Matchers::Contains;

namespace {

const Tensor x = random_tensor({40, 7, 3}, 1);
const Tensor y = random_tags(40, 2);

Model compiled_tagger(const Optimizer& optimizer, std::size_t threads, std::uint64_t seed = 5) {
    Model model(tagger_plan, {.seed = seed, .threads = threads});
    model.compile(optimizer, Loss::categorical_crossentropy);
    return model;
}

/// Dropout, shuffling and a last batch that is not full.
FitOptions epochs(std::size_t first, std::size_t last) {
    FitOptions options;
    options.epochs = last;
    options.initial_epoch = first;
    options.batch_size = 16;
    return options;
}

std::vector<std::uint32_t> bits_of(const Model& model) {
    std::vector<std::uint32_t> bits;
    for (const float weight : all_weights(model))
        bits.push_back(std::bit_cast<std::uint32_t>(weight));
    return bits;
}

const std::vector<Optimizer> optimizers{
    Adam{.clipnorm = 0.1}, SGD{}, SGD{.learning_rate = 0.1, .momentum = 0.9},
    RMSprop{.momentum = 0.5, .centered = true},
    AdamW{.learning_rate = CosineDecay{0.01, 20, 0, 0.02, 3}, .exclude_from_weight_decay = {"bias"}}};

} // namespace

TEST_CASE("two epochs and two more are four") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "checkpoint";
    for (const Optimizer& optimizer : optimizers)
        for (const std::size_t threads : {1, 2}) {
            CAPTURE(to_string(optimizer), threads);
            Model straight = compiled_tagger(optimizer, threads);
            const History all = straight.fit(x, y, epochs(0, 4));

            Model first = compiled_tagger(optimizer, threads);
            first.fit(x, y, epochs(0, 2));
            first.save_checkpoint(path);
            Model second = compiled_tagger(optimizer, threads, 99); // the seed is in the file
            second.load_checkpoint(path);
            CHECK(bits_of(second) == bits_of(first));
            CHECK(second.epochs_trained() == 2);
            const History rest = second.fit(x, y, epochs(second.epochs_trained(), 4));

            CHECK(bits_of(second) == bits_of(straight));
            REQUIRE(rest.size() == 2);
            CHECK(rest[1].training.loss == all[3].training.loss);
            // Saved again, the state is the same to the last byte.
            straight.save_checkpoint(folder.path() / "straight");
            second.save_checkpoint(folder.path() / "resumed");
            CHECK(read_whole_file(folder.path() / "resumed") == read_whole_file(folder.path() / "straight"));
        }
}

TEST_CASE("embeddings resume too, with the learning rate that a callback left") {
    const TemporaryFolder folder;
    TokenMatrix tokens{20, 5, std::vector<std::int32_t>(100)};
    Random random(3);
    for (std::int32_t& token : tokens.values)
        token = static_cast<std::int32_t>(random.below(11));
    Tensor labels({20, 1});
    for (std::size_t i = 0; i < labels.size(); i += 2)
        labels.data()[i] = 1;
    ReduceLROnPlateau reduce({.monitor = "loss", .factor = 0.5, .patience = 0, .mode = MonitorMode::max});
    const auto train = [&](Model& model, std::size_t first, std::size_t last) {
        FitOptions options = epochs(first, last);
        options.callbacks = {&reduce};
        model.fit(tokens, labels, options);
    };
    const auto make_model = [] {
        Model model(keras_classification_plan, {.seed = 2, .threads = 2});
        model.compile(Adam{.learning_rate = 0.01}, Loss::binary_crossentropy);
        return model;
    };
    Model interrupted = make_model();
    train(interrupted, 0, 3);
    interrupted.save_checkpoint(folder.path() / "checkpoint");
    Model resumed = make_model();
    resumed.load_checkpoint(folder.path() / "checkpoint");
    CHECK(resumed.learning_rate() < 0.01);
    CHECK(resumed.learning_rate() == interrupted.learning_rate());
    train(interrupted, 3, 5);
    train(resumed, 3, 5);
    CHECK(bits_of(resumed) == bits_of(interrupted));
}

TEST_CASE("stateful layers resume with their states") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "checkpoint";
    const auto make_model = [] {
        Model model(ongoing_plan, {.seed = 2, .threads = 2});
        model.compile(Adam{}, Loss::categorical_crossentropy);
        return model;
    };
    const auto train = [](Model& model, std::size_t first, std::size_t last) {
        FitOptions options = epochs(first, last);
        options.batch_size = 20;
        options.shuffle = false;
        model.fit(x, y, options);
    };
    Model interrupted = make_model();
    interrupted.save_checkpoint(path); // no states yet
    train(interrupted, 0, 1);
    const auto after_one = bits_of(interrupted);
    Model resumed = make_model();
    train(resumed, 0, 2);
    resumed.load_checkpoint(path); // takes the states away
    train(resumed, 0, 1);
    CHECK(bits_of(resumed) == after_one);

    interrupted.save_checkpoint(path);
    train(interrupted, 1, 2);
    resumed.load_checkpoint(path);
    train(resumed, 1, 2);
    CHECK(bits_of(resumed) == bits_of(interrupted));
    CHECK_NOTHROW(resumed.load_weights(path));
}

TEST_CASE("a damaged checkpoint is refused and changes nothing") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "checkpoint";
    Model saved = compiled_tagger(Adam{}, 1);
    saved.fit(x, y, epochs(0, 1));
    saved.save_checkpoint(path);
    const std::string good = read_whole_file(path);
    Model model = compiled_tagger(Adam{}, 1, 6);
    model.fit(x, y, epochs(0, 1));
    model.save_checkpoint(folder.path() / "before");
    const std::string before = read_whole_file(folder.path() / "before");
    const auto state = [&] {
        model.save_checkpoint(folder.path() / "now");
        return read_whole_file(folder.path() / "now");
    };
    for (std::size_t size = 0; size < good.size(); size += 1 + good.size() / 97)
        REQUIRE_THROWS_AS(model.load_checkpoint(folder.write("bad", good.substr(0, size))), Error);
    CHECK(state() == before);
    // Any one bit, of the header too.
    for (std::size_t at = 0; at < good.size(); at += 3) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ (1 << at % 7));
        CAPTURE(at);
        REQUIRE_THROWS_WITH(model.load_checkpoint(folder.write("bad", bad)), Contains("bad"));
    }
    CHECK(state() == before);
}

TEST_CASE("a foreign checkpoint is refused and changes nothing") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "checkpoint";
    Model saved = compiled_tagger(Adam{}, 1);
    CHECK_THROWS_WITH(Model(tagger_plan).save_checkpoint(path), Contains("compile()"));
    saved.save_checkpoint(path);
    saved.save_weights(folder.path() / "weights");

    Model other(keras_regression_plan, {.threads = 1});
    CHECK_THROWS_WITH(other.load_checkpoint(path), Contains("compile()"));
    other.compile(Adam{}, Loss::mean_squared_error);
    const auto untouched = bits_of(other);
    CHECK_THROWS_WITH(other.load_checkpoint(path), Contains("another model (tagger)"));
    CHECK(bits_of(other) == untouched);

    Model with_sgd = compiled_tagger(SGD{}, 1, 7);
    const auto before = bits_of(with_sgd);
    CHECK_THROWS_WITH(with_sgd.load_checkpoint(path), Contains("Adam") && Contains("SGD"));
    CHECK_THROWS_WITH(with_sgd.load_checkpoint(folder.path() / "weights"), Contains("load_weights"));
    Model with_momentum = compiled_tagger(SGD{.momentum = 0.5}, 1, 7);
    with_sgd.save_checkpoint(folder.path() / "sgd");
    CHECK_THROWS_WITH(with_momentum.load_checkpoint(folder.path() / "sgd"), Contains("optimizer/momentum/"));
    CHECK_THROWS_WITH(with_sgd.load_checkpoint(folder.path() / "nothing"), Contains("nothing"));
    const std::string negative =
        R"({"epochs":-1,"fingerprint":1,"optimizer":"Adam","optimizer_steps":1,"seed":1,"steps":1})";
    for (const std::string& state :
         {std::string("{}"), std::string("["), std::string(R"({"seed": "one"})"), negative}) {
        const std::string checksum = std::to_string(crc32(std::as_bytes(std::span(state))));
        save_weights(folder.path() / "odd", "tagger", {},
                     {{"training_state", state}, {"training_state_crc32", checksum}});
        CHECK_THROWS_WITH(with_sgd.load_checkpoint(folder.path() / "odd"),
                          Contains("odd: its training state"));
    }
    CHECK(bits_of(with_sgd) == before);
    CHECK(bits_of(with_momentum) == before);
}
