// Learning-rate schedules against Keras, and under an optimizer.
#include "../support/golden_file.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/optimizers/learning_rate.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace timeloom;
using nlohmann::json;

namespace {

LearningRate make_schedule(const json& test) {
    const json& options = test.at("options");
    const std::string name = test.at("schedule");
    if (name == "PiecewiseConstantDecay")
        return PiecewiseConstantDecay{options.at("boundaries"), options.at("values")};
    const double initial = options.at("initial_learning_rate");
    const double decay_steps = options.at("decay_steps");
    if (name == "ExponentialDecay")
        return ExponentialDecay{initial, decay_steps, options.at("decay_rate"),
                                options.value("staircase", false)};
    CosineDecay cosine{initial, decay_steps, options.value("alpha", 0.0)};
    if (options.contains("warmup_target")) {
        cosine.warmup_target = options.at("warmup_target").get<double>();
        cosine.warmup_steps = options.at("warmup_steps");
    }
    return cosine;
}

} // namespace

TEST_CASE("schedules as Keras computes them") {
    const json golden = golden::read("keras_optimizers.json");
    for (const json& test : golden.at("schedules")) {
        const LearningRate schedule = make_schedule(test);
        require_valid(schedule);
        for (std::size_t i = 0; i < test.at("steps").size(); ++i) {
            const std::uint64_t step = test.at("steps")[i];
            CAPTURE(test.at("name").get<std::string>(), step);
            // Keras computes rates in float: each of some eight operations rounds one that is at most 1.
            const double expected = test.at("rates")[i];
            CHECK(std::abs(learning_rate_at(schedule, step) - expected) <=
                  8 * std::numeric_limits<float>::epsilon() / 2);
        }
    }
}

TEST_CASE("an optimizer takes the rate of its step") {
    OptimizerState state(SGD{.learning_rate = PiecewiseConstantDecay{{1}, {0.5, 0.125}}}, 1);
    std::vector<float> parameter{0.0f};
    const std::vector<float> gradient{1.0f};
    std::vector<float> path;
    for (int step = 0; step < 4; ++step) {
        state.begin_step();
        state.apply(parameter, gradient);
        path.push_back(parameter[0]);
    }
    CHECK(path == std::vector<float>{-0.5f, -1.0f, -1.125f, -1.25f}); // steps 0 and 1 lie before the boundary
    CHECK(state.learning_rate() == 0.125);
    state.set_steps(0);
    CHECK(state.learning_rate() == 0.5);
    CHECK_THROWS_WITH(state.set_learning_rate(1.0), Catch::Contains("schedule"));
}

TEST_CASE("schedules that make no sense are refused") {
    const auto refused = [](const LearningRate& rate, const char* why) {
        CHECK_THROWS_WITH(require_valid(rate), Catch::Contains(why));
    };
    refused(-1.0, "learning_rate");
    refused(std::numeric_limits<double>::quiet_NaN(), "learning_rate");
    refused(ExponentialDecay{0.1, 0, 0.5}, "decay_steps");
    refused(ExponentialDecay{0.1, 1, -0.5}, "decay_rate");
    refused(CosineDecay{0.1, 10, 2}, "alpha");
    refused(CosineDecay{-0.1, 10}, "initial_learning_rate");
    refused(PiecewiseConstantDecay{{1, 2}, {1, 1}}, "one value more");
    refused(PiecewiseConstantDecay{{2, 2}, {1, 1, 1}}, "must rise");
}
