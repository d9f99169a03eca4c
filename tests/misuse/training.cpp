// Options of fit() and its callbacks.
#include "misuse.hpp"
#include "models.hpp"

#include "timeloom/runtime/model/callbacks.hpp"

#include <cmath>

namespace timeloom::tests {

namespace {

constexpr std::size_t half = huge_size / 2 + 1;

const Tensor x = random_tensor({4, 6, 2}, 1);
const Tensor y = random_tensor({4, 1}, 2);

/// One fit() with a change of its options.
template <class Change>
auto fitting(Change&& change) {
    return [change] {
        Model model = regression();
        FitOptions options;
        change(options);
        return model.fit(x, y, options);
    };
}

} // namespace

TEST_CASE("options of fit() that cannot be") {
    refuses("batches of 0", "batch_size", fitting([](FitOptions& o) { o.batch_size = 0; }));
    refuses("validation after 0 epochs", "validation_freq",
            fitting([](FitOptions& o) { o.validation_freq = 0; }));
    refuses("a batch that is never full", "full batch",
            fitting([](FitOptions& o) { o.drop_remainder = true; }));
    refuses("a huge batch that is never full", "full batch", fitting([](FitOptions& o) {
                o.drop_remainder = true;
                o.batch_size = huge_size;
            }));
    refuses("a callback that is null", "null", fitting([](FitOptions& o) { o.callbacks = {nullptr}; }));
    refuses("weights of samples and classes", "together", fitting([](FitOptions& o) {
                o.sample_weight = Tensor(Shape{4});
                o.class_weight = {{0, 1.0}};
            }));
    for (const double weight : {-1.0, -1e-300, not_a_number, infinity, -infinity, 1e300})
        refuses("a class weight of " + std::to_string(weight), "class 1", fitting([=](FitOptions& o) {
                    o.class_weight = {{0, 1.0}, {1, weight}};
                }));
    for (const std::size_t batch : {std::size_t{5}, half, huge_size})
        accepts("batches of " + std::to_string(batch),
                [&] { CHECK(fitting([=](FitOptions& o) { o.batch_size = batch; })().size() == 1); });
    accepts("no epochs", [] { CHECK(fitting([](FitOptions& o) { o.epochs = 0; })().empty()); });
    for (const std::size_t done : {std::size_t{1}, std::size_t{2}, half, huge_size})
        accepts("after " + std::to_string(done),
                [&] { CHECK(fitting([=](FitOptions& o) { o.initial_epoch = done; })().empty()); });
    accepts("the last epoch there can be", [] {
        const History history = fitting([](FitOptions& o) {
            o.initial_epoch = huge_size - 1;
            o.epochs = huge_size;
        })();
        REQUIRE(history.size() == 1);
        CHECK(history[0].epoch == huge_size);
    });
    accepts("validation that never comes", [] {
        CHECK(!fitting([](FitOptions& o) {
                   o.validation_data = ValidationData(x, y);
                   o.validation_freq = huge_size;
               })()[0]
                   .validation);
    });
    const Tensor no_x({0, 6, 2}), no_y({0, 1});
    refuses("validation on nothing", "no samples",
            fitting([&](FitOptions& o) { o.validation_data = ValidationData(no_x, no_y); }));
    refuses("validation without inputs", "",
            fitting([&](FitOptions& o) { o.validation_data = ValidationData(Inputs{}, no_y); }));
    Model classes = labels();
    const TokenMatrix tokens{2, 6, std::vector<std::int32_t>(12, 1)};
    const Tensor targets({2, 6, 1});
    for (const int label : {-1, 2, 7, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
        FitOptions options;
        options.class_weight = {{label, 2.0}};
        refuses("a weight for class " + std::to_string(label), "count from 0 to 1",
                [&] { classes.fit(tokens, targets, options); });
    }
}

TEST_CASE("trainings that end in numbers which are not finite") {
    for (const Optimizer& optimizer :
         {Optimizer(Adam{}), Optimizer(SGD{}), Optimizer(RMSprop{}), Optimizer(AdamW{})})
        for (const double rate : {1e39, 1e300, 1.7e308})
            refuses(std::string(to_string(optimizer)) + " at " + std::to_string(rate), "not finite", [&] {
                Model model = regression();
                model.compile(optimizer, Loss::mean_squared_error);
                model.set_learning_rate(rate);
                const std::vector<float> before = all_weights(model);
                try {
                    model.fit(x, y, {});
                } catch (...) {
                    CHECK(all_weights(model) == before);
                    throw;
                }
            });
    for (const float scale : {1e30f, 3e38f})
        refuses("targets of " + std::to_string(scale), "not finite", [&] {
            Model model = regression();
            Tensor far = y;
            far.fill(scale);
            FitOptions options;
            options.epochs = 100;
            model.set_learning_rate(1e30);
            model.fit(x, far, options);
        });
    refuses("weight decay", "not finite", [] {
        Model model = regression();
        model.compile(AdamW{.learning_rate = 1, .weight_decay = 1e39}, Loss::mean_squared_error);
        model.fit(x, y, {});
    });
}

TEST_CASE("callbacks that watch what is not there") {
    for (const double bad : {not_a_number, infinity, -infinity}) {
        refuses("EarlyStopping by " + std::to_string(bad), "min_delta",
                [&] { EarlyStopping({.min_delta = bad}); });
        refuses("EarlyStopping from " + std::to_string(bad), "baseline",
                [&] { EarlyStopping({.baseline = bad}); });
        refuses("ReduceLROnPlateau by " + std::to_string(bad), "min_delta",
                [&] { ReduceLROnPlateau({.min_delta = bad}); });
        refuses("ReduceLROnPlateau to " + std::to_string(bad), "min_lr",
                [&] { ReduceLROnPlateau({.min_lr = bad}); });
    }
    for (const double factor : {-1.0, 0.0, 1.0, 2.0, not_a_number, infinity})
        refuses("ReduceLROnPlateau times " + std::to_string(factor), "factor",
                [&] { ReduceLROnPlateau({.factor = factor}); });
    refuses("ReduceLROnPlateau to less than nothing", "min_lr", [] { ReduceLROnPlateau({.min_lr = -1}); });
    for (const std::string name : {"", "val_", "things", "val_things"}) {
        refuses("EarlyStopping on '" + name + "'", "set mode", [&] { EarlyStopping({.monitor = name}); });
        refuses("ReduceLROnPlateau on '" + name + "'", "set mode",
                [&] { ReduceLROnPlateau({.monitor = name}); });
        refuses("ModelCheckpoint on '" + name + "'", "set mode",
                [&] { ModelCheckpoint("x", {.monitor = name}); });
        EarlyStopping stopping({.monitor = name, .mode = MonitorMode::min});
        refuses("EarlyStopping on '" + name + "' in a training", "not measured",
                fitting([&](FitOptions& o) { o.callbacks = {&stopping}; }));
    }
    EarlyStopping stopping;
    refuses("EarlyStopping without validation", "no validation_data",
            fitting([&](FitOptions& o) { o.callbacks = {&stopping}; }));
    ReduceLROnPlateau reduce;
    refuses("ReduceLROnPlateau without validation", "no validation_data",
            fitting([&](FitOptions& o) { o.callbacks = {&reduce}; }));
    ModelCheckpoint checkpoint("/nowhere/at/all", {.save_best_only = true});
    refuses("ModelCheckpoint without validation", "no validation_data",
            fitting([&](FitOptions& o) { o.callbacks = {&checkpoint}; }));
    ModelCheckpoint nowhere("/nowhere/at/all");
    refuses("ModelCheckpoint to nowhere", "/nowhere/at/all",
            fitting([&](FitOptions& o) { o.callbacks = {&nowhere}; }));
    CSVLogger log("/nowhere/at/all");
    refuses("CSVLogger to nowhere", "/nowhere/at/all", fitting([&](FitOptions& o) { o.callbacks = {&log}; }));
    refuses("a schedule that is empty", "schedule is empty", [] { LearningRateScheduler({}); });
    for (const double rate : {-1.0, not_a_number, infinity}) {
        LearningRateScheduler scheduler([=](std::size_t, double) { return rate; });
        refuses("a schedule of " + std::to_string(rate), "learning_rate",
                fitting([&](FitOptions& o) { o.callbacks = {&scheduler}; }));
    }
    Model model = regression();
    LearningRateScheduler constant([](std::size_t, double rate) { return rate; });
    refuses("epoch 0", "count from 1", [&] { constant.on_epoch_begin(model, 0); });
    for (const std::size_t patience : {std::size_t{0}, half, huge_size})
        accepts("a patience of " + std::to_string(patience), [&] {
            EarlyStopping patient({.monitor = "loss", .patience = patience, .start_from_epoch = patience});
            ReduceLROnPlateau waiting({.monitor = "loss", .patience = patience, .cooldown = patience});
            CHECK(fitting([&](FitOptions& o) { o.callbacks = {&patient, &waiting}; })().size() == 1);
        });
    accepts("events out of order", [&] {
        EarlyStopping early({.monitor = "loss", .restore_best_weights = true});
        early.on_train_end(model);
        EpochResult result;
        result.training.loss = not_a_number;
        early.on_epoch_end(model, result);
        result.epoch = huge_size;
        early.on_epoch_end(model, result);
        early.on_train_end(model);
        ReduceLROnPlateau plateau({.monitor = "loss", .patience = 0});
        plateau.on_epoch_end(model, result);
        CHECK(model.learning_rate() > 0);
    });
}

TEST_CASE("callbacks on a model that was moved from") {
    Model model = regression();
    const Model there = std::move(model);
    EpochResult result;
    result.epoch = 1;
    EarlyStopping stopping({.monitor = "loss", .restore_best_weights = true});
    refuses("EarlyStopping", "was moved from", [&] { stopping.on_epoch_end(model, result); });
    refuses("EarlyStopping at the start", "was moved from", [&] { stopping.on_train_begin(model, {}); });
    ReduceLROnPlateau reduce({.monitor = "loss"});
    refuses("ReduceLROnPlateau", "was moved from", [&] { reduce.on_train_begin(model, {}); });
    ModelCheckpoint checkpoint("no");
    refuses("ModelCheckpoint", "was moved from", [&] { checkpoint.on_epoch_end(model, result); });
    LearningRateScheduler scheduler([](std::size_t, double rate) { return rate; });
    refuses("LearningRateScheduler", "was moved from", [&] { scheduler.on_epoch_begin(model, 1); });
}

} // namespace timeloom::tests
