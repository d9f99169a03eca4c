// What a model is asked to read: vectors and token ids of other shapes and values.
#include "good_inputs.hpp"
#include "misuse.hpp"

#include "../support/training_data.hpp"
#include "remembering.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "words_of_all.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

namespace timeloom::tests {

namespace {} // namespace

TEST_CASE("vectors of other shapes and values") {
    Model model(tagger_plan, {.threads = 2});
    accepts("no samples", [&] { CHECK(model.predict(Tensor(Shape{0, 7, 3})).shape() == Shape{0, 7, 4}); });
    for (const Shape& shape : {Shape{2, 7, 4}, Shape{2, 6, 3}, Shape{2, 21}, Shape{42}, Shape{2, 7, 0},
                               Shape{2, 0, 3}, Shape{7, 3}, Shape{1, 7}}) {
        refuses("another shape", "model input", [&] { model.predict(Tensor(shape)); });
    }
    refuses("no values at all", "input", [&] { model.predict(Tensor()); });
    for (const double value : {not_a_number, infinity, -infinity}) {
        Tensor x = random_tensor({13, 7, 3}, 1);
        x.values()[12 * 21 + 20] = static_cast<float>(value);
        refuses("a value that is none", "not finite in sample 12", [&] { model.predict(x); });
    }
    accepts("large numbers", [&] {
        Tensor x(Shape{2, 7, 3});
        x.fill(1e30f);
        const Tensor y = model.predict(x);
        CHECK(std::ranges::all_of(y.values(), [](float value) { return std::isfinite(value); }));
    });
    refuses("token ids", "reads vectors", [&] { model.predict(words()); });
    refuses("two inputs", "has 1 inputs, but was given 2", [&] { model.predict({vectors(), vectors()}); });
    refuses("no input", "has 1 inputs, but was given 0",
            [&] { model.predict(Inputs(std::initializer_list<Input>{})); });
    const std::vector<int> lengths(13, 7);
    refuses("lengths", "not declared as ragged", [&] { model.predict(Inputs(Input(vectors(), lengths))); });
    refuses("batches of 0", "batch_size", [&] { model.predict(vectors(), 0); });
    accepts("one batch of all", [&] {
        const Tensor all = model.predict(vectors(), huge_size), one = model.predict(vectors(), 13);
        CHECK(std::ranges::equal(all.values(), one.values()));
    });
}

TEST_CASE("token ids that an embedding does not have") {
    Model model(words_of_all_plan, {.threads = 1});
    for (const std::int32_t token : {-1, 40, INT_MAX, INT_MIN}) {
        TokenMatrix x = words();
        x.values[17] = token;
        refuses("token " + std::to_string(token), "in sample 1 is outside", [&] { model.predict(x); });
    }
    refuses("too few columns", "pad_sequences", [&] {
        model.predict(TokenMatrix{2, 8, std::vector<std::int32_t>(16)});
    });
    refuses("too few values", "holds 17 values", [&] {
        model.predict(TokenMatrix{2, 9, std::vector<std::int32_t>(17)});
    });
    refuses("more rows than there can be", "holds 18 values", [&] {
        model.predict(TokenMatrix{huge_size / 9, 9, words().values});
    });
    refuses("rows whose number of values overflows", "holds 18 values", [&] {
        model.predict(TokenMatrix{huge_size / 9 + 3, 9, words().values});
    });
    refuses("vectors", "token ids", [&] { model.predict(vectors()); });
    accepts("no samples", [&] { CHECK(model.predict(TokenMatrix{0, 9, {}}).shape() == Shape{0, 9, 2}); });
    Stream stream(model);
    for (const std::int32_t token : {-1, 40, INT_MAX, INT_MIN}) {
        refuses("a step of token " + std::to_string(token), "does not lie in [0, 40)",
                [&] { stream.step(token); });
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{5}}) {
        refuses("a step of features", "instead of a token id",
                [&] { stream.step(std::vector<float>(size)); });
    }
}

TEST_CASE("stateful models whose batches change") {
    Model model(remembering_plan, {.threads = 1});
    model.predict(random_tensor({4, 7, 3}, 1), 2);
    refuses("another number of rows", "reset_states()", [&] {
        model.predict(random_tensor({3, 7, 3}, 1), 3);
    });
    refuses("a batch that is not full", "no whole number of batches", [&] {
        model.predict(random_tensor({3, 7, 3}, 1), 2);
    });
    accepts("no rows", [&] { model.predict(Tensor(Shape{0, 7, 3})); });
    accepts("new states", [&] {
        model.reset_states();
        model.predict(random_tensor({3, 7, 3}, 1), 3);
    });
}

} // namespace timeloom::tests
