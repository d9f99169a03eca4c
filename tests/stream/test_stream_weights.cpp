// New weights for streams that run.
#include "../support/training_data.hpp"
#include "amp_model.timeloom.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>

using namespace timeloom;

namespace {

std::vector<float> block_of(Stream& stream, const Tensor& x) {
    std::vector<float> output(x.shape()[1] * stream.output_width());
    stream.reset_states();
    if (!stream.process(x.values(), output, x.shape()[1])) {
        throw Error("a feature is no number");
    }
    return output;
}

std::vector<float> block_of(const Model& model, const Tensor& x) {
    Stream stream(model);
    return block_of(stream, x);
}

} // namespace

TEST_CASE("streams take up new weights at their next call, and keep their states") {
    const plan::Model& plan = GENERATE(std::cref(amp_model_plan), std::cref(tagger_plan));
    CAPTURE(plan.name);
    const Tensor x = random_tensor({1, plan.inputs[0].features == 1 ? std::size_t{64} : std::size_t{7},
                                    static_cast<std::size_t>(plan.inputs[0].features)},
                                   5);
    auto first = std::make_unique<Model>(plan, ModelOptions{.seed = 1, .threads = 1});
    const Model second(plan, {.seed = 2, .threads = 1});
    const auto with_first = block_of(*first, x), with_second = block_of(second, x);
    REQUIRE(with_first != with_second);
    auto weights = std::make_unique<StreamWeights>(*first);
    Stream stream(*weights), later(*weights);
    first.reset(); // the weights are a copy
    CHECK(block_of(stream, x) == with_first);
    for (int time = 0; time < 3; ++time) {
        weights->publish(second);
        CHECK(block_of(stream, x) == with_second);
    }
    Stream newest(*weights);
    CHECK(block_of(newest, x) == with_second);
    weights.reset(); // streams go on without it
    CHECK(block_of(later, x) == with_second);
    CHECK(block_of(newest, x) == with_second);
}

TEST_CASE("weights of another model are refused") {
    const Model amp(amp_model_plan, {.threads = 1}), other(tagger_plan, {.threads = 1});
    StreamWeights weights(amp);
    CHECK_THROWS_WITH(
        weights.publish(other),
        "StreamWeights::publish: got weights of the model tagger for streams of amp_model; hand "
        "over a model of the same plan");
    StreamWeights moved(std::move(weights));
    CHECK_THROWS_WITH(weights.publish(amp), Catch::Contains("moved from"));
    CHECK_THROWS_WITH(Stream(weights), Catch::Contains("moved from"));
}

TEST_CASE("every block of streams on threads of their own is of one set of weights, while sets change") {
    const Tensor x = random_tensor({1, 64, 1}, 5);
    const Model a(amp_model_plan, {.seed = 1, .threads = 1}), b(amp_model_plan, {.seed = 2, .threads = 1});
    const auto with_a = block_of(a, x), with_b = block_of(b, x);
    StreamWeights weights(a);
    std::atomic<int> mixed{0}, of_a{0}, of_b{0};
    std::atomic<bool> is_over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] {
            Stream stream(weights);
            do {
                const auto block = block_of(stream, x);
                ++(block == with_a ? of_a : block == with_b ? of_b : mixed);
            } while (!is_over);
        });
    }
    for (int change = 0; change < 300 || of_a == 0 || of_b == 0; ++change) {
        weights.publish(change % 2 == 0 ? b : a);
        std::this_thread::yield();
        if (change > 1'000'000) {
            break;
        }
    }
    is_over = true;
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(mixed == 0);
    CHECK(of_a > 0);
    CHECK(of_b > 0);
}
