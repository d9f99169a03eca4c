// Blocks of samples against the same samples step by step, and against whole sequences.
#include "../support/training_data.hpp"
#include "amp_model.timeloom.hpp"
#include "keras_classification.timeloom.hpp"
#include "stream_cells.timeloom.hpp"
#include "stream_of_vectors.timeloom.hpp"
#include "stream_stack.timeloom.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

using namespace timeloom;

namespace {

bool same_bits(std::span<const float> a, std::span<const float> b) {
    return std::ranges::equal(
        a, b, {}, [](float x) { return std::bit_cast<std::uint32_t>(x); },
        [](float x) { return std::bit_cast<std::uint32_t>(x); });
}

/// Weights far from those of a start, which are small.
void spread_weights(Model& model) {
    for (const std::string& name : model.weight_names()) {
        Tensor weights = model.get_weights(name);
        for (float& w : weights.values()) {
            w = 1.5f * w + 0.05f;
        }
        model.set_weights(name, weights);
    }
}

bool has_own_kernel(const plan::Model& plan) {
    return std::ranges::any_of(plan.kernels,
                               [](const plan::Kernel& k) { return k.kind == plan::KernelKind::stream; });
}

} // namespace

TEST_CASE("blocks of any size have the bits of steps, and are what predict() makes of the whole sequence") {
    const plan::Model& plan = GENERATE(std::cref(amp_model_plan), std::cref(stream_stack_plan),
                                       std::cref(stream_cells_plan), std::cref(tagger_plan));
    CAPTURE(plan.name);
    Model model(plan, {.seed = 3, .threads = 1});
    spread_weights(model);
    const auto samples = static_cast<std::size_t>(plan.inputs[0].timesteps),
               features = static_cast<std::size_t>(plan.inputs[0].features);
    const Tensor x = random_tensor({1, samples, features}, 5), whole = model.predict(x);
    Stream by_step(model), by_block(model);
    const std::size_t width = by_step.output_width();
    std::vector<float> steps, blocks(samples * width);
    for (std::size_t t = 0; t < samples; ++t) {
        const auto output = by_step.step(x.values().subspan(t * features, features));
        steps.insert(steps.end(), output.begin(), output.end());
    }
    REQUIRE(whole.size() == steps.size());
    // A kernel of the stream's own adds up and divides in another order than those of whole batches.
    for (std::size_t i = 0; i < steps.size(); ++i) {
        CHECK(std::abs(steps[i] - whole.values()[i]) <= 3e-6f);
    }
    CHECK((has_own_kernel(plan) || same_bits(steps, whole.values())));
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, samples}) {
        CAPTURE(size);
        by_block.reset_states();
        for (std::size_t first = 0; first < samples; first += size) {
            const std::size_t count = std::min(size, samples - first);
            CHECK(by_block.process(x.values().subspan(first * features, count * features),
                                   std::span(blocks).subspan(first * width, count * width), count));
        }
        CHECK(same_bits(blocks, steps));
    }
}

TEST_CASE("which models have a kernel of their own for streams") {
    CHECK(has_own_kernel(amp_model_plan));
    CHECK(has_own_kernel(amp_model_inference_plan));
    CHECK(has_own_kernel(stream_stack_plan));
    CHECK(has_own_kernel(stream_cells_plan));
    CHECK_FALSE(has_own_kernel(tagger_plan));               // softmax
    CHECK_FALSE(has_own_kernel(keras_classification_plan)); // words
}

TEST_CASE("a block of token ids") {
    Model model(keras_classification_plan, {.seed = 3, .threads = 1});
    const std::vector<std::int32_t> words{3, 0, 10, 7, 7}, unknown{3, 11};
    Stream by_step(model), by_block(model);
    const std::size_t width = by_block.output_width();
    std::vector<float> steps, block(words.size() * width);
    for (const std::int32_t word : words) {
        const auto output = by_step.step(word);
        steps.insert(steps.end(), output.begin(), output.end());
    }
    CHECK_FALSE(by_block.process(unknown, std::span(block).first(2 * width), 2));
    CHECK(by_block.process(words, block, words.size()));
    CHECK(same_bits(block, steps));
    CHECK_THROWS_WITH(by_block.process(words, block, 4), Catch::Contains("5 token ids for 4 samples"));
    CHECK_THROWS_WITH(by_block.process(std::vector<float>(2), block, 2), Catch::Contains("2 features for 2"));
}

TEST_CASE("a block may lie at any place for floats") {
    REQUIRE(has_own_kernel(stream_of_vectors_plan));
    Model model(stream_of_vectors_plan, {.seed = 3, .threads = 1});
    constexpr std::size_t samples = 5, width = 16, places = 32;
    const Tensor x = random_tensor({1, samples, width}, 5);
    Stream by_step(model), by_block(model);
    std::vector<float> steps;
    for (std::size_t t = 0; t < samples; ++t) {
        const auto output = by_step.step(x.values().subspan(t * width, width));
        steps.insert(steps.end(), output.begin(), output.end());
    }
    for (std::size_t from = 0; from < places; ++from) {
        const std::size_t to = places - 1 - from;
        CAPTURE(from, to);
        std::vector<float> input(samples * width + places), output(input.size(), 7.0f);
        std::ranges::copy(x.values(), input.begin() + static_cast<std::ptrdiff_t>(from));
        by_block.reset_states();
        REQUIRE(by_block.process(std::span<const float>(input).subspan(from, samples * width),
                                 std::span(output).subspan(to, samples * width), samples));
        CHECK(same_bits(std::span(output).subspan(to, samples * width), steps));
        CHECK(std::ranges::count(output, 7.0f) == static_cast<std::ptrdiff_t>(places));
    }
}

TEST_CASE("a block may be computed in place, and be empty") {
    Model model(amp_model_plan, {.seed = 3, .threads = 1});
    const Tensor x = random_tensor({1, 64, 1}, 5);
    Stream apart(model), in_place(model);
    std::vector<float> output(64), both(x.values().begin(), x.values().end());
    CHECK(apart.process(x.values(), output, 64));
    CHECK(in_place.process(both, both, 64));
    CHECK(same_bits(both, output));
    CHECK(apart.process(std::span<const float>(), {}, 0));
}

TEST_CASE("a refused block leaves states and output as they were") {
    Model model(stream_stack_plan, {.seed = 3, .threads = 1});
    const Tensor x = random_tensor({1, 64, 3}, 5);
    Stream refused(model), other(model);
    std::vector<float> output(4, 7.0f), expected(4);
    CHECK(refused.process(x.values().first(6), output, 2));
    CHECK(other.process(x.values().first(6), expected, 2));
    for (const float broken :
         {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
        const std::vector<float> input{1, 2, 3, 4, broken, 6};
        CHECK_FALSE(refused.process(input, output, 2));
        CHECK(same_bits(output, expected));
    }
    CHECK_THROWS_WITH(refused.process(x.values().first(5), output, 2),
                      "Stream::process: got 5 features for 2 samples of 3 features each");
    CHECK_THROWS_WITH(refused.process(x.values().first(6), std::span(output).first(3), 2),
                      "Stream::process: got room for 3 values instead of 2 samples of 2 each");
    CHECK(refused.process(x.values().subspan(6, 6), output, 2));
    CHECK(other.process(x.values().subspan(6, 6), expected, 2));
    CHECK(same_bits(output, expected));

    Stream moved(std::move(refused));
    CHECK_THROWS_WITH(refused.process(x.values().first(6), output, 2), Catch::Contains("moved from"));
}
