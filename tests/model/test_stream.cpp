// A model fed one time step at a time against the same model over whole sequences.
#include "../keras/keras_training_models.hpp"
#include "../support/training_data.hpp"
#include "both_ways.timeloom.hpp"
#include "keras_classification.timeloom.hpp"
#include "model_test_models.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace timeloom;

namespace {

/// The features of time step `t` of the only sample.
std::span<const float> features_at(const Tensor& x, std::size_t t) {
    return x.values().subspan(t * x.shape()[2], x.shape()[2]);
}

void check_equal(std::span<const float> step, std::span<const float> expected) {
    REQUIRE(step.size() == expected.size());
    for (std::size_t i = 0; i < step.size(); ++i) {
        CHECK(step[i] == Approx(expected[i]).margin(1e-6));
    }
}

} // namespace

TEST_CASE("a stream's steps are those of the whole sequence") {
    Model model(tagger_plan, {.seed = 3, .threads = 1});
    const Tensor x = random_tensor({1, 7, 3}, 5);
    const Tensor whole = model.predict(x);
    Stream stream(model);
    for (int pass = 0; pass < 2; ++pass) {
        for (std::size_t t = 0; t < 7; ++t) {
            CAPTURE(pass, t);
            check_equal(stream.step(features_at(x, t)), whole.values().subspan(4 * t, 4));
        }
        stream.reset_states();
    }
}

TEST_CASE("streams of token ids and of new weights") {
    Model model(keras_classification_plan, {.seed = 3, .threads = 1});
    const TokenMatrix x{1, 5, {3, 0, 10, 7, 7}};
    Stream first(model), second(model);
    second.step(1);
    second.reset_states();
    Tensor bias = model.get_weights("dense/bias");
    bias.fill(0.5f);
    model.set_weights("dense/bias", bias);
    for (std::size_t t = 0; t < 4; ++t) {
        first.step(x.values[t]);
        second.step(x.values[t]);
    }
    const Tensor whole = model.predict(x);
    check_equal(first.step(7), whole.values());
    check_equal(second.step(7), whole.values());
}

TEST_CASE("a refused step leaves the states as they were") {
    Model model(tagger_plan, {.seed = 3, .threads = 1});
    const Tensor x = random_tensor({1, 7, 3}, 5);
    const Tensor whole = model.predict(x);
    Stream stream(model);
    stream.step(features_at(x, 0));
    const std::vector<float> two(2), broken{1, std::numeric_limits<float>::quiet_NaN(), 1};
    CHECK_THROWS_WITH(stream.step(two), Catch::Contains("2 features instead of 3"));
    CHECK_THROWS_WITH(stream.step(broken), Catch::Contains("no number"));
    CHECK_THROWS_WITH(stream.step(1), Catch::Contains("the model reads features"));
    check_equal(stream.step(features_at(x, 1)), whole.values().subspan(4, 4));

    Model classifier(keras_classification_plan, {.threads = 1});
    Stream tokens(classifier);
    CHECK_THROWS_WITH(tokens.step(11), Catch::Contains("[0, 11)"));
    CHECK_THROWS_WITH(tokens.step(two), Catch::Contains("a token id"));
    CHECK_THROWS_WITH(tokens.step(std::span<const float>()), Catch::Contains("a token id"));
}

TEST_CASE("a model that needs the whole sequence has no stream") {
    Model both(both_ways_plan, {.threads = 1});
    CHECK_THROWS_WITH(Stream(both), Catch::Contains("backwards"));
    Model called(tagger_plan, {.threads = 1});
    called.set_call([](Call& call) { return call.layer("gru_reset_before", call.input()); });
    CHECK_THROWS_WITH(Stream(called), Catch::Contains("a call of the user's own"));
}
