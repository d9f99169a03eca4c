// Many rows go through layers in pieces of time: each row gets what it gets among few rows.
#include "gated.timeloom.hpp"
#include "many_words.timeloom.hpp"
#include "model_test_models.hpp"
#include "ongoing.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "training_data.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace timeloom;

namespace {

constexpr std::size_t many = 6000, few = 60; // many rows fill a cache with every time step

std::vector<float> values_of(const Tensor& t) { return {t.values().begin(), t.values().end()}; }

TokenMatrix random_words() {
    TokenMatrix words{many, 3, std::vector<std::int32_t>(3 * many)};
    Random random(5);
    for (std::int32_t& word : words.values)
        word = static_cast<std::int32_t>(random.below(150));
    return words;
}

void check_batches(Model& model, const Inputs& x) {
    const std::vector<float> together = values_of(model.predict(x, many));
    const std::vector<float> apart = values_of(model.predict(x, few));
    REQUIRE(together.size() == apart.size());
    for (std::size_t i = 0; i < apart.size(); ++i)
        REQUIRE(together[i] == apart[i]);
}

/// Gradients with the layers as they are declared, and called by a program, which runs each over all its
/// time. Words' are sums in another order.
void check_gradients(Model& model, const Inputs& x, const Tensor& y, CallFunction call) {
    model.compile(SGD{}, Loss::mean_squared_error);
    const Gradients declared = model.gradients(x, y);
    model.set_call(std::move(call));
    const Gradients called = model.gradients(x, y);
    CHECK(declared.loss == called.loss);
    for (const auto& [name, gradient] : called.weights) {
        CAPTURE(name);
        if (!x[0].is_tokens()) {
            CHECK(values_of(declared.weights.at(name)) == values_of(gradient));
            continue;
        }
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            REQUIRE(declared.weights.at(name).data()[i] ==
                    Approx(gradient.data()[i]).epsilon(2e-4).margin(1e-7));
        }
    }
}

} // namespace

TEST_CASE("layers in pieces of time predict what they do at once") {
    for (const std::size_t threads : {1, 2}) {
        Model tagger(tests::tagger, tagger_kernels, {.seed = 1, .threads = threads});
        const Tensor x = random_tensor({many, 7, 3}, 2);
        check_batches(tagger, x);
        Model gated(tests::gated, gated_kernels, {.seed = 1, .threads = threads});
        const Tensor x_gated = random_tensor({many, 5, 2}, 3);
        check_batches(gated, x_gated);
        Model words(tests::many_words, many_words_kernels, {.seed = 1, .threads = threads});
        const TokenMatrix tokens = random_words();
        check_batches(words, tokens);
    }
}

TEST_CASE("states kept from batch to batch are those after the last piece") {
    const Tensor x = random_tensor({many, 7, 3}, 4);
    Tensor first_rows(Shape{few, 7, 3});
    std::ranges::copy(x.values().first(first_rows.size()), first_rows.data());
    Model model(tests::ongoing, ongoing_kernels, {.seed = 1, .threads = 1});
    model.predict(first_rows);
    const std::vector<float> of_few = values_of(model.predict(first_rows));
    model.reset_states();
    model.predict(x, many);
    const std::vector<float> of_many = values_of(model.predict(x, many));
    for (std::size_t i = 0; i < of_few.size(); ++i)
        REQUIRE(of_many[i] == of_few[i]);
}

TEST_CASE("layers in pieces of time have the gradients that they have at once") {
    Model gated(tests::gated, gated_kernels, {.seed = 1, .threads = 1});
    check_gradients(gated, random_tensor({many, 5, 2}, 3), random_tensor({many, 1}, 4),
                    [](Call& call) { return call.layer("dense", call.layer("gated_output", call.input())); });
    Model words(tests::many_words, many_words_kernels, {.seed = 1, .threads = 1});
    check_gradients(words, random_words(), random_tensor({many, 1}, 4), [](Call& call) {
        return call.layer("dense", call.layer("lstm", call.layer("embedding", call.input())));
    });
}
