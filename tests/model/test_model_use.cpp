// Who may use a model when: threads, callbacks, calls of the user's own, models moved from, data without
// rows.
#include "../keras/keras_training_models.hpp"
#include "../support/temporary_folder.hpp"
#include "../support/training_data.hpp"
#include "keras_regression.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/callbacks.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <stdexcept>
#include <system_error>
#include <thread>

using namespace timeloom;
using Catch::Matchers::Contains;

namespace {

const Tensor x = random_tensor({8, 6, 2}, 1);
const Tensor y = random_tensor({8, 1}, 2);

Model compiled(std::size_t threads = 2) {
    Model model(keras_regression_plan, {.seed = 1, .threads = threads});
    model.compile(Adam{}, Loss::mean_squared_error, {"mae"});
    return model;
}

/// Every member that reads or changes what another may be changing.
std::vector<std::function<void(Model&)>> members() {
    return {[](Model& m) { m.predict(x); },
            [](Model& m) { m.evaluate(x, y); },
            [](Model& m) { m.gradients(x, y); },
            [](Model& m) { m.fit(x, y, {}); },
            [](Model& m) { m.compile(SGD{}, Loss::mean_squared_error); },
            [](Model& m) { m.set_call({}); },
            [](Model& m) { m.reset_states(); },
            [](Model& m) { m.learning_rate(); },
            [](Model& m) { m.set_learning_rate(0.1); },
            [](Model& m) { m.epochs_trained(); },
            [](Model& m) { m.metric_names(); },
            [](Model& m) { m.get_weights(); },
            [](Model& m) { m.get_weights("dense/bias"); },
            [](Model& m) { m.set_weights({}); },
            [](Model& m) { m.set_weights("dense/bias", Tensor(Shape{1})); },
            [](Model& m) { m.save_weights("nothing"); },
            [](Model& m) { m.load_weights("nothing"); },
            [](Model& m) { m.save_checkpoint("nothing"); },
            [](Model& m) { m.load_checkpoint("nothing"); }};
}

std::string ending_of(const std::function<void(Model&)>& member, Model& model) {
    try {
        member(model);
        return "value";
    } catch (const Error& error) {
        return error.what();
    }
}

class DoInEpoch final : public Callback {
  public:
    explicit DoInEpoch(std::function<void(Model&)> action) : action_(std::move(action)) {}
    void on_epoch_end(Model& model, const EpochResult&) override { action_(model); }

  private:
    std::function<void(Model&)> action_;
};

} // namespace

TEST_CASE("a second thread is refused before anything is touched") {
    Model model = compiled();
    std::vector<std::string> endings;
    DoInEpoch from_another_thread([&](Model& m) {
        std::thread([&] {
            for (const auto& member : members())
                endings.push_back(ending_of(member, m));
            // What never changes may be read.
            CHECK(m.weight_names().size() == 9);
        }).join();
    });
    FitOptions options;
    options.callbacks = {&from_another_thread};
    Model alone = compiled();
    CHECK(alone.fit(x, y, {}).size() == 1);
    CHECK(model.fit(x, y, options).size() == 1);
    CHECK(endings.size() == members().size());
    for (const std::string& ending : endings)
        CHECK_THAT(ending, Contains("another thread"));
    CHECK(all_weights(model) == all_weights(alone));
    std::thread([&] { CHECK(model.predict(x).rows() == 8); }).join(); // now it is free
}

TEST_CASE("another thread may stop a training") {
    Model model = compiled();
    DoInEpoch stop([](Model& m) { std::thread([&] { m.stop_training(); }).join(); });
    FitOptions options;
    options.epochs = 5;
    options.callbacks = {&stop};
    CHECK(model.fit(x, y, options).size() == 1);
}

TEST_CASE("callbacks may use the model, but not train or compile it") {
    Model model = compiled();
    DoInEpoch use([](Model& m) {
        CHECK(m.predict(x).rows() == 8);
        CHECK(m.evaluate(x, y).loss > 0);
        m.set_weights(m.get_weights());
        m.set_learning_rate(m.learning_rate() / 2);
    });
    FitOptions options;
    options.epochs = 2;
    options.callbacks = {&use};
    CHECK(model.fit(x, y, options).size() == 2);
    DoInEpoch train([](Model& m) { m.fit(x, y, {}); });
    options.callbacks = {&train};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("within fit()"));
    DoInEpoch compile([](Model& m) { m.compile(SGD{}, Loss::mean_squared_error, {"mse", "mae"}); });
    options.callbacks = {&compile};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("within fit()"));
    options.callbacks = {};
    options.progress = [&](const Progress&) { model.compile(SGD{}, Loss::mean_squared_error); };
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("within fit()"));
    CHECK(model.fit(x, y, {}).size() == 1);
}

TEST_CASE("a call of the user's own cannot use the model that makes it") {
    for (const std::size_t threads : {1, 2}) {
        Model model = compiled(threads);
        std::function<void(Model&)> member;
        model.set_call([&](Call& call) {
            member(model);
            return call.layer("dense", call.layer("gru", call.layer("lstm", call.input())));
        });
        for (const auto& each : members()) {
            member = each;
            CHECK_THROWS_AS(model.predict(x), Error);
            CHECK_THROWS_AS(model.fit(x, y, {}), Error);
        }
        member = [](Model& m) { m.weight_names(); };
        CHECK(model.predict(x).rows() == 8);
    }
}

TEST_CASE("what a callback throws leaves fit() as it is") {
    Model model = compiled();
    DoInEpoch fail([](Model&) { throw std::invalid_argument("mine"); });
    FitOptions options;
    options.callbacks = {&fail};
    CHECK_THROWS_AS(model.fit(x, y, options), std::invalid_argument);
    DoInEpoch run_out([](Model&) { throw std::bad_alloc(); });
    options.callbacks = {&run_out};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("Model::fit: there is not enough memory"));
    CHECK(model.fit(x, y, {}).size() == 1);
}

TEST_CASE("what the user's own code throws leaves the library as it was thrown") {
    const std::vector<std::pair<std::string, std::function<void()>>> exceptions{
        {"a length_error of mine", [] { throw std::length_error("a length_error of mine"); }},
        {"a system_error of mine: Permission denied",
         [] { throw std::system_error(EACCES, std::generic_category(), "a system_error of mine"); }},
        {"an Error of mine", [] { throw Error("an Error of mine"); }},
    };
    for (const std::size_t threads : {1, 2}) {
        for (const auto& exception : exceptions) {
            const auto& [text, throw_it] = exception;
            const auto& fail = throw_it; // which a lambda of clang 14 may capture
            // Whichever way it comes, it has its text, and nothing in front.
            const auto thrown = [text = text](const auto& use) {
                CHECK_THROWS_WITH(use(), Catch::Equals(text));
            };
            Model model = compiled(threads);
            DoInEpoch callback([&](Model&) { fail(); });
            FitOptions with_callback, with_progress;
            with_callback.callbacks = {&callback};
            with_progress.progress = [&](const Progress&) { fail(); };
            thrown([&] { model.fit(x, y, with_callback); });
            thrown([&] { model.fit(x, y, with_progress); });
            model.set_call([&](Call& call) {
                fail();
                return call.input();
            });
            thrown([&] { model.predict(x); });
            thrown([&] { model.fit(x, y, {}); });
            thrown([&] { model.gradients(x, y); });
            // Through a model's passes within another one's training.
            Model outer = compiled(threads);
            DoInEpoch predict([&](Model&) { model.predict(x); });
            with_callback.callbacks = {&predict};
            thrown([&] { outer.fit(x, y, with_callback); });
        }
    }
    Model model = compiled();
    model.set_call([](Call&) -> CallValue { throw std::length_error("mine"); });
    CHECK_THROWS_AS(model.predict(x), std::length_error);
    model.set_call([](Call&) -> CallValue { throw 7; });
    CHECK_THROWS_AS(model.predict(x), int);
}

TEST_CASE("a model that was moved from says so") {
    Model model = compiled();
    Model moved = std::move(model);
    for (const auto& member : members())
        CHECK_THAT(ending_of(member, model), Contains("was moved from"));
    CHECK_THROWS_WITH(model.weight_names(), Contains("was moved from"));
    CHECK_THROWS_WITH(model.count_parameters(), Contains("was moved from"));
    CHECK_THROWS_WITH(model.summary(), Contains("was moved from"));
    CHECK_THROWS_WITH(model.stop_training(), Contains("was moved from"));
    CHECK(moved.predict(x).rows() == 8);
    model = std::move(moved);
    CHECK(model.predict(x).rows() == 8);
}

TEST_CASE("data without rows is refused where something is measured on it") {
    Model model = compiled();
    const Tensor no_x({0, 6, 2}), no_y({0, 1});
    CHECK(model.predict(no_x).shape() == Shape{0, 1});
    CHECK_THROWS_WITH(model.evaluate(no_x, no_y), Contains("no samples"));
    CHECK_THROWS_WITH(model.gradients(no_x, no_y), Contains("no samples"));
    CHECK_THROWS_WITH(model.fit(no_x, no_y, {}), Contains("no samples"));
    FitOptions options;
    options.epochs = 3;
    options.validation_data = ValidationData(no_x, no_y);
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("validation_data holds no samples"));
    options.validation_data = ValidationData(Inputs{}, no_y);
    CHECK_THROWS_AS(model.fit(x, y, options), Error);
    CHECK_THROWS_WITH(model.predict(Inputs{}), Contains("1 inputs, but was given 0"));
    CHECK(model.epochs_trained() == 0);
}

TEST_CASE("a callback that monitors what is not measured is refused at once") {
    Model model = compiled();
    FitOptions options;
    options.validation_data = ValidationData(x, y);
    EarlyStopping typo({.monitor = "val_maee", .mode = MonitorMode::min});
    options.callbacks = {&typo};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("val_maee") && Contains("val_mae"));
    CHECK(model.epochs_trained() == 0);
    model.compile(SGD{.learning_rate = ExponentialDecay{0.1, 10, 0.5}}, Loss::mean_squared_error);
    ReduceLROnPlateau reduce;
    options.callbacks = {&reduce};
    CHECK_THROWS_WITH(model.fit(x, y, options), Contains("follows a schedule"));
    CHECK(model.epochs_trained() == 0);
}

TEST_CASE("a monitored value that is no number improves on nothing") {
    const Monitor monitor("test", "loss", MonitorMode::automatic, 0);
    CHECK(!monitor.improves(std::numeric_limits<double>::quiet_NaN(), {}));
    CHECK(monitor.improves(1, {}));
}

TEST_CASE("training that is done has nothing left to do") {
    Model model = compiled();
    FitOptions options;
    options.initial_epoch = std::numeric_limits<std::size_t>::max();
    CHECK(model.fit(x, y, options).empty());
    options.initial_epoch = 3;
    CHECK(model.fit(x, y, options).empty());
}
