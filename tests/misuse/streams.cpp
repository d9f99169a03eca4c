// Streams of models that cannot be stepped, and steps that a stream cannot make.
#include "misuse.hpp"

#include "../support/training_data.hpp"
#include "both_ways.timeloom.hpp"
#include "remembering.timeloom.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <algorithm>
#include <climits>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace timeloom::tests {

namespace {

CallValue tag(Call& call) {
    return call.layer("softmax", call.layer("dense", call.layer("gru_reset_before", call.input())));
}

} // namespace

TEST_CASE("streams of models that cannot be stepped") {
    Model both(both_ways_plan, {.threads = 1});
    refuses("both directions", "reads time backwards", [&] { Stream stream(both); });
    Model called(tagger_plan, {.threads = 1});
    called.set_call(tag);
    refuses("a call of one's own", "a call of the user's own", [&] { Stream stream(called); });
    Model from(tagger_plan, {.threads = 1});
    const Model to(std::move(from));
    refuses("a model that was moved from", "moved from", [&] { Stream stream(from); });
    accepts("the one that it was moved to", [&] { Stream(to).step(std::vector<float>(3)); });
}

TEST_CASE("steps of features that a stream does not read") {
    const Model model(tagger_plan, {.threads = 1});
    Stream stream(model);
    const std::vector<float> ones(3, 1.0f);
    const auto first = stream.step(ones);
    const std::vector<float> expected(first.begin(), first.end());
    stream.reset_states();
    const auto still_as_it_was = [&] {
        const auto again = stream.step(ones);
        CHECK(std::equal(again.begin(), again.end(), expected.begin(), expected.end()));
        stream.reset_states();
    };
    const std::vector<float> many(1000);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{1000}, huge_size / 8}) {
        refuses(std::to_string(size) + " features", "features instead of 3",
                [&] { stream.step(std::span<const float>(many.data(), size)); });
        still_as_it_was();
    }
    for (std::size_t at = 0; at < 3; ++at) {
        for (const double value : {not_a_number, infinity, -infinity}) {
            std::vector<float> broken = ones;
            broken[at] = static_cast<float>(value);
            refuses(std::to_string(value) + " in feature " + std::to_string(at), "infinite or no number",
                    [&] { stream.step(broken); });
            still_as_it_was();
        }
    }
    for (const std::int32_t token : {0, 1, -1, INT_MAX, INT_MIN}) {
        refuses("token " + std::to_string(token), "the model reads features", [&] { stream.step(token); });
        still_as_it_was();
    }
    accepts("large numbers", [&] {
        for (const float value : stream.step(std::vector<float>(3, 1e30f))) {
            CHECK(std::isfinite(value));
        }
    });
}

TEST_CASE("streams that were moved from") {
    const Model model(tagger_plan, {.threads = 1});
    Stream from(model);
    const std::vector<float> features(3);
    Stream to(std::move(from));
    refuses("step() of features", "moved from", [&] { from.step(features); });
    refuses("step() of a token", "moved from", [&] { from.step(0); });
    refuses("reset_states()", "moved from", [&] { from.reset_states(); });
    accepts("the one that it was moved to", [&] { to.step(features); });
    from = std::move(to);
    refuses("step() after an assignment", "moved from", [&] { to.step(features); });
    accepts("the one that it was assigned to", [&] { from.step(features); });
    accepts("a new one in its place", [&] {
        to = Stream(model);
        to.step(features);
    });
}

TEST_CASE("a stream of a stateful model begins with zeros, whatever the model keeps") {
    Model model(remembering_plan, {.seed = 1, .threads = 1});
    const std::vector<float> features{1, 2, 3};
    accepts("a stream before and after predict()", [&] {
        Stream before(model);
        const auto first = before.step(features);
        model.predict(random_tensor({1, 7, 3}, 2));
        Stream after(model);
        const auto second = after.step(features);
        CHECK(std::equal(first.begin(), first.end(), second.begin(), second.end()));
    });
}

} // namespace timeloom::tests
