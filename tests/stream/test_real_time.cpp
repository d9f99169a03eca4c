// Steps and blocks of every model of these tests that has a stream ask the system for nothing.
#include "watched.hpp"

#include "amp_model.timeloom.hpp"
#include "gated.timeloom.hpp"
#include "keras_classification.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "many_words.timeloom.hpp"
#include "remembering.timeloom.hpp"
#include "stream_cells.timeloom.hpp"
#include "stream_stack.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "wide.timeloom.hpp"
#include "words_dropped.timeloom.hpp"
#include "words_of_all.timeloom.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <mutex>

#include <unistd.h>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

const std::vector<std::reference_wrapper<const plan::Model>> models{
    amp_model_plan,  gated_plan,       keras_classification_plan, keras_regression_plan,
    many_words_plan, remembering_plan, stream_cells_plan,         stream_stack_plan,
    tagger_plan,     wide_plan,        words_dropped_plan,        words_of_all_plan};

constexpr std::size_t samples = 33;

#ifdef TIMELOOM_EMULATED
constexpr bool sees_system_calls = false;
#else
constexpr bool sees_system_calls = true;
#endif

/// A stream with some input for it.
class Player {
  public:
    explicit Player(Stream stream, const plan::Model& plan)
        : features_(static_cast<std::size_t>(plan.inputs[0].features)), stream_(std::move(stream)),
          input_(samples * features_), words_(features_ == 0 ? samples : 0),
          output_(samples * stream_.output_width()) {
        for (std::size_t i = 0; i < input_.size(); ++i) {
            input_[i] = static_cast<float>(std::sin(0.7 * static_cast<double>(i)));
        }
        for (std::size_t i = 0; i < words_.size(); ++i) {
            words_[i] = static_cast<std::int32_t>(i % 10);
        }
    }

    std::vector<float>& input() { return input_; }

    void steps() {
        for (std::size_t t = 0; t < samples; ++t) {
            if (features_ == 0) {
                stream_.step(words_[t]);
            } else {
                stream_.step(std::span<const float>(input_).subspan(t * features_, features_));
            }
        }
    }
    bool block() {
        return features_ == 0 ? stream_.process(words_, output_, samples)
                              : stream_.process(input_, output_, samples);
    }
    void reset() { stream_.reset_states(); }

  private:
    std::size_t features_;
    Stream stream_;
    std::vector<float> input_;
    std::vector<std::int32_t> words_;
    std::vector<float> output_;
};

} // namespace

TEST_CASE("what these tests can see") {
    std::mutex mutex;
    void* volatile memory = nullptr; // so that the compiler leaves the two calls in
    CHECK(asked_by([&] { memory = std::malloc(7); }).allocations == 1);
    CHECK(asked_by([&] { std::free(memory); }).allocations == 1);
    CHECK(asked_by([&] {
              const auto numbers = std::make_unique<std::vector<int>>(9);
              memory = numbers.get();
          }).allocations > 0);
    CHECK(asked_by([&] { const std::scoped_lock lock(mutex); }) == Asked{0, 1});
    CHECK(asked_by([] {}) == Asked{});
    if (sees_system_calls) {
        CHECK(calls_no_system([] {}));
        CHECK_FALSE(calls_no_system([] { getppid(); }));
    }
}

TEST_CASE("steps and blocks allocate nothing, lock nothing and call no system") {
    for (const plan::Model& plan : models) {
        CAPTURE(plan.name);
        const Model model(plan, {.seed = 1, .threads = 1});
        StreamWeights weights(model);
        Player of_model(Stream(model), plan), of_weights(Stream(weights), plan);
        for (Player* const player : {&of_model, &of_weights}) {
            CHECK(asked_by([&] { player->steps(); }) == Asked{});
            CHECK(asked_by([&] { player->block(); }) == Asked{});
            CHECK(asked_by([&] { player->reset(); }) == Asked{});
            if (sees_system_calls) {
                CHECK(calls_no_system([&] { player->steps(), player->block(), player->reset(); }));
            }
        }
        weights.publish(model);
        CHECK(asked_by([&] { of_weights.block(); }) == Asked{}); // the first one with new weights
        weights.publish(model);
        if (sees_system_calls) {
            CHECK(calls_no_system([&] { of_weights.steps(); }));
        }
    }
}

TEST_CASE("silence, denormal numbers and refused blocks ask for nothing") {
    const Model model(amp_model_plan, {.seed = 1, .threads = 1});
    Player player(Stream(model), amp_model_plan);
    for (const float value : {0.0f, 1e-40f, -std::numeric_limits<float>::denorm_min(), 3e38f}) {
        CAPTURE(value);
        player.input().assign(samples, value);
        bool is_done = false;
        CHECK(asked_by([&] { is_done = player.block(); }) == Asked{});
        CHECK(is_done);
    }
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        CAPTURE(value);
        player.input().assign(samples, value);
        bool is_done = true;
        CHECK(asked_by([&] { is_done = player.block(); }) == Asked{});
        CHECK_FALSE(is_done);
    }
}
