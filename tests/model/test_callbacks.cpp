// Callbacks: what they do to a series of losses as in Keras, and in a training.
#include "../keras/keras_training_models.hpp"
#include "../support/golden_file.hpp"
#include "../support/temporary_folder.hpp"
#include "../support/training_data.hpp"
#include "keras_regression.timeloom.hpp"

#include "timeloom/runtime/csv/csv.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace timeloom;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

Model compiled_model(const Optimizer& optimizer = SGD{.learning_rate = 0.125}) {
    Model model(keras_regression_plan, {.seed = 1, .threads = 1});
    model.compile(optimizer, Loss::mean_squared_error, {"mean_absolute_error"});
    return model;
}

EpochResult epoch_with_loss(std::size_t epoch, double loss) {
    EpochResult result;
    result.epoch = epoch;
    result.training.loss = loss;
    return result;
}

MonitorMode mode_of(const json& options) {
    return options.contains("mode") ? MonitorMode::max : MonitorMode::automatic;
}

/// True if stop_training() was called: fit() alone sees it.
class StopsAt final : public Callback {
  public:
    explicit StopsAt(std::size_t epoch) : epoch_(epoch) {}
    void on_epoch_end(Model& model, const EpochResult& result) override {
        if (result.epoch == epoch_)
            model.stop_training();
    }

  private:
    std::size_t epoch_;
};

std::vector<std::string> lines_of(const std::filesystem::path& path) {
    std::istringstream text(read_whole_file(path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(line);
    return lines;
}

const Tensor x = random_tensor({12, 6, 2}, 1);
const Tensor y = random_tensor({12, 1}, 2);

} // namespace

TEST_CASE("early stopping stops and restores where Keras does") {
    const json golden = golden::read("keras_callbacks.json");
    for (const json& test : golden.at("early_stopping")) {
        CAPTURE(test.at("name").get<std::string>());
        const json& o = test.at("options");
        EarlyStoppingOptions options{.monitor = "loss",
                                     .min_delta = o.value("min_delta", 0.0),
                                     .patience = o.value("patience", std::size_t{0}),
                                     .mode = mode_of(o),
                                     .restore_best_weights = o.value("restore_best_weights", false),
                                     .start_from_epoch = o.value("start_from_epoch", std::size_t{0})};
        if (o.contains("baseline"))
            options.baseline = o.at("baseline").get<double>();
        EarlyStopping callback(options);
        Model model = compiled_model();
        callback.on_train_begin(model, {});
        const auto losses = test.at("losses").get<std::vector<double>>();
        std::size_t epoch = 0;
        while (epoch < losses.size() && callback.stopped_epoch() == 0) {
            ++epoch; // the weights tell the epoch that they are of
            model.set_weights("dense/bias", Tensor::from_values({static_cast<float>(epoch)}));
            callback.on_epoch_end(model, epoch_with_loss(epoch, losses[epoch - 1]));
        }
        callback.on_train_end(model);
        CHECK(epoch == test.at("epochs").get<std::size_t>());
        CHECK(model.get_weights("dense/bias")(0) == test.at("epoch_of_weights").get<float>());
    }
}

TEST_CASE("the learning rate falls on a plateau as in Keras") {
    const json golden = golden::read("keras_callbacks.json");
    for (const json& test : golden.at("reduce_lr_on_plateau")) {
        CAPTURE(test.at("name").get<std::string>());
        const json& o = test.at("options");
        ReduceLROnPlateau callback({.monitor = "loss",
                                    .factor = o.at("factor"),
                                    .patience = o.at("patience"),
                                    .mode = mode_of(o),
                                    .min_delta = o.value("min_delta", 1e-4),
                                    .cooldown = o.value("cooldown", std::size_t{0}),
                                    .min_lr = o.value("min_lr", 0.0)});
        Model model = compiled_model(SGD{.learning_rate = 1.0});
        callback.on_train_begin(model, {});
        std::vector<double> rates;
        for (const json& loss : test.at("losses")) {
            callback.on_epoch_end(model, epoch_with_loss(rates.size() + 1, loss));
            rates.push_back(model.learning_rate());
        }
        CHECK(rates == test.at("learning_rates").get<std::vector<double>>());
    }
}

TEST_CASE("fit stops where a callback says so, and stopping leaves nothing behind") {
    Model model = compiled_model();
    StopsAt stop(3);
    FitOptions options;
    options.epochs = 9;
    options.callbacks = {&stop};
    CHECK(model.fit(x, y, options).size() == 3);
    options.callbacks.clear();
    options.initial_epoch = 4;
    const History history = model.fit(x, y, options);
    REQUIRE(history.size() == 5);
    CHECK(history.front().epoch == 5);
    CHECK(model.epochs_trained() == 8);
}

TEST_CASE("early stopping within fit keeps the best weights of the validation") {
    Model model = compiled_model(SGD{.learning_rate = 0.5, .momentum = 0.9});
    EarlyStopping stopping({.patience = 2, .restore_best_weights = true});
    FitOptions options;
    options.epochs = 60;
    options.validation_data = ValidationData(x, y);
    options.callbacks = {&stopping};
    const History history = model.fit(x, y, options);
    REQUIRE(stopping.stopped_epoch() == history.size());
    double best = history.front().validation->loss;
    for (const EpochResult& epoch : history)
        best = std::min(best, epoch.validation->loss);
    CHECK(history[stopping.best_epoch() - 1].validation->loss == best);
    CHECK(model.evaluate(x, y, 32).loss == best);
}

TEST_CASE("a scheduler sets the rate of every epoch") {
    Model model = compiled_model();
    LearningRateScheduler scheduler(
        [](std::size_t epoch, double rate) { return epoch < 2 ? rate : rate / 2; });
    FitOptions options;
    options.epochs = 4;
    options.callbacks = {&scheduler};
    std::vector<double> rates;
    for (const EpochResult& epoch : model.fit(x, y, options))
        rates.push_back(epoch.learning_rate);
    CHECK(rates == std::vector<double>{0.125, 0.125, 0.0625, 0.03125});

    Model scheduled = compiled_model(SGD{.learning_rate = ExponentialDecay{0.5, 1, 0.5}});
    CHECK(scheduled.fit(x, y, {.epochs = 2}).back().learning_rate == 0.125);
    CHECK_THROWS_WITH(scheduled.fit(x, y, options), Contains("schedule"));
}

TEST_CASE("the best weights are in the file") {
    const TemporaryFolder folder;
    ModelCheckpoint every(folder.path() / "epoch {epoch}", {.save_weights_only = true});
    ModelCheckpoint best(folder.path() / "best", {.monitor = "loss", .save_best_only = true});
    FitOptions options;
    options.epochs = 3;
    options.callbacks = {&every, &best};
    Model model = compiled_model();
    const History history = model.fit(x, y, options);
    const auto lowest =
        std::ranges::min_element(history, {}, [](const EpochResult& epoch) { return epoch.training.loss; });
    Model from_best = compiled_model(), from_epoch = compiled_model();
    from_best.load_checkpoint(folder.path() / "best");
    from_epoch.load_weights(folder.path() / ("epoch " + std::to_string(lowest->epoch)));
    CHECK(all_weights(from_best) == all_weights(from_epoch));
    from_epoch.load_weights(folder.path() / "best"); // a checkpoint has weights too
    CHECK(from_best.epochs_trained() == lowest->epoch);
}

TEST_CASE("a log that can be appended to") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "log.csv";
    Model model = compiled_model();
    FitOptions options;
    options.epochs = 2;
    options.validation_data = ValidationData(x, y);
    options.validation_freq = 2;
    for (const bool append : {false, true}) {
        CSVLogger logger(path, {.append = append});
        options.callbacks = {&logger};
        const History history = model.fit(x, y, options);
        const std::vector<std::string> lines = lines_of(path);
        REQUIRE(lines.size() == (append ? 5 : 3));
        CHECK(lines[0] ==
              "epoch,loss,mean_absolute_error,val_loss,val_mean_absolute_error,learning_rate,seconds");
        CHECK_THAT(lines[lines.size() - 2], Catch::StartsWith("1,") && Contains(",NA,NA,0.125,"));
        std::istringstream last(lines.back());
        std::string epoch, loss;
        std::getline(std::getline(last, epoch, ','), loss, ',');
        CHECK(std::stod(loss) == history.back().training.loss); // every digit
    }
    CSVLogger other_columns(path, {.append = true});
    options.callbacks = {&other_columns};
    options.validation_data.reset();
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("its columns are epoch,loss"));
    CHECK(lines_of(path).size() == 5);
    CSVLogger nowhere(folder.path() / "no" / "log.csv");
    options.callbacks = {&nowhere};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("log.csv"));
    ModelCheckpoint not_there(folder.path() / "no" / "{epoch}");
    options.callbacks = {&not_there};
    const auto before = all_weights(model);
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("no/1") && Contains("No such file"));
    CHECK(all_weights(model) == before); // told before the training
}

TEST_CASE("a log that begins with an empty line has other columns, and stays") {
    const TemporaryFolder folder;
    Model model = compiled_model();
    FitOptions options;
    for (const std::string text : {"\nnotes of mine\n", "\r\n", "\n"}) {
        const auto path = folder.write("log.csv", text);
        CSVLogger logger(path, {.append = true});
        options.callbacks = {&logger};
        CHECK_THROWS_WITH(model.fit(x, y, options), Contains("its columns are an empty line"));
        CHECK(read_whole_file(path) == text);
    }
    CSVLogger logger(folder.write("log.csv", ""), {.append = true});
    options.callbacks = {&logger};
    model.fit(x, y, options);
    CHECK(lines_of(folder.path() / "log.csv").size() == 2);
}

TEST_CASE("a reader of a log that is a FIFO reads it to the training's end") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "log";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(reader >= 0);
    const auto ended = [&] { // poll() tells where no writer has it open any more
        ::pollfd state{reader, POLLIN, 0};
        ::poll(&state, 1, 0);
        return (state.revents & POLLHUP) != 0;
    };
    CSVLogger logger(path);
    Model model = compiled_model();
    logger.on_train_begin(model, {});
    EpochResult result = epoch_with_loss(1, 0.5);
    logger.on_epoch_end(model, result);
    CHECK_FALSE(ended());
    result.epoch = 2;
    logger.on_epoch_end(model, result);
    logger.on_train_end(model);
    CHECK(ended());
    std::string text(1000, '\0');
    text.resize(static_cast<std::size_t>(std::max<::ssize_t>(0, ::read(reader, text.data(), text.size()))));
    ::close(reader);
    CHECK_THAT(text, Catch::StartsWith("epoch,loss,learning_rate,seconds\n1,0.5,") && Contains("\n2,0.5,"));
}

TEST_CASE("callbacks refuse what they cannot watch") {
    Model model = compiled_model();
    EarlyStopping on_validation;
    FitOptions options;
    options.callbacks = {&on_validation};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("val_loss") && Contains("validation_data"));
    EarlyStopping on_other({.monitor = "accuracy"});
    options.callbacks = {&on_other};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("mean_absolute_error"));
    CHECK_THROWS_WITH(EarlyStopping({.monitor = "joy"}), Contains("max or min"));
    CHECK_THROWS_AS(ReduceLROnPlateau({.factor = 1}), Error);
    options.callbacks = {nullptr};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("null"));
}
