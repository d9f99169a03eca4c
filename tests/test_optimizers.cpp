// Adam and SGD against Keras; the same bits for every split and instruction set; clipping.
#include "golden_file.hpp"
#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/gradient_clipping.hpp"
#include "timeloom/runtime/optimizers.hpp"
#include "timeloom/runtime/random.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

using nlohmann::json;
using timeloom::Adam;
using timeloom::Optimizer;
using timeloom::OptimizerState;
using timeloom::SGD;

namespace {

constexpr double epsilon = std::numeric_limits<float>::epsilon();

Optimizer make_optimizer(const json& test) {
    const json& options = test.at("options");
    if (test.at("optimizer") == "Adam") {
        const Adam defaults;
        return Adam{options.value("learning_rate", defaults.learning_rate),
                    options.value("beta_1", defaults.beta_1), options.value("beta_2", defaults.beta_2),
                    options.value("epsilon", defaults.epsilon)};
    }
    const SGD defaults;
    return SGD{options.value("learning_rate", defaults.learning_rate),
               options.value("momentum", defaults.momentum), options.value("nesterov", defaults.nesterov)};
}

/// The arrays of a list one after the other, and where each ends.
struct Joined {
    std::vector<float> values;
    std::vector<std::size_t> ends;
};

Joined join(const json& arrays) {
    Joined joined;
    for (const json& array : arrays) {
        for (const float value : timeloom::golden::values<float>(array))
            joined.values.push_back(value);
        joined.ends.push_back(joined.values.size());
    }
    return joined;
}

void clip(Joined& gradients, const json& options) {
    if (options.contains("clipvalue"))
        timeloom::clip_by_value(gradients.values, options.at("clipvalue"));
    if (options.contains("global_clipnorm"))
        timeloom::clip_by_norm(gradients.values, options.at("global_clipnorm"));
    if (!options.contains("clipnorm"))
        return;
    std::size_t first = 0;
    for (const std::size_t end : gradients.ends) {
        timeloom::clip_by_norm(std::span(gradients.values).subspan(first, end - first),
                               options.at("clipnorm"));
        first = end;
    }
}

std::vector<float> random_values(std::size_t count, std::uint64_t stream) {
    timeloom::Random random(31, stream);
    std::vector<float> values(count);
    for (float& value : values)
        value = random.uniform(-1.0f, 1.0f);
    return values;
}

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
    std::vector<std::uint32_t> bits;
    for (const float value : values)
        bits.push_back(std::bit_cast<std::uint32_t>(value));
    return bits;
}

const std::vector<Optimizer> optimizers{Adam{}, SGD{}, SGD{0.1, 0.9, false}, SGD{0.1, 0.9, true}};

} // namespace

TEST_CASE("five steps as Keras takes them") {
    const json golden = timeloom::golden::read("keras_optimizers.json");
    for (const json& test : golden.at("cases")) {
        CAPTURE(test.at("name").get<std::string>());
        std::vector<float> parameters = join(test.at("initial")).values;
        OptimizerState state(make_optimizer(test), parameters.size());
        double largest_error = 0.0;
        for (const json& step : test.at("steps")) {
            Joined gradients = join(step.at("gradients"));
            clip(gradients, test.at("options"));
            state.begin_step();
            state.apply(parameters, gradients.values);
            std::vector<double> expected;
            for (const json& array : step.at("parameters"))
                for (const double value : timeloom::golden::values<double>(array))
                    expected.push_back(value);
            REQUIRE(expected.size() == parameters.size());
            for (std::size_t i = 0; i < expected.size(); ++i) {
                largest_error = std::max(largest_error, std::abs(parameters[i] - expected[i]));
                // Each step rounds the parameter once and the change some eight times; a change is at most
                // ten learning rates, with momentum 0.9 and gradients below 1.
                const auto steps = static_cast<double>(state.steps());
                const double change = state.learning_rate() * (state.optimizer().index() == 0 ? 1.0 : 10.0);
                CHECK(std::abs(parameters[i] - expected[i]) <=
                      steps * epsilon * (std::abs(expected[i]) / 2.0 + 8.0 * change));
            }
        }
        WARN(test.at("name").get<std::string>() << ": largest error " << largest_error);
    }
}

TEST_CASE("defaults are Keras's") {
    const json defaults = timeloom::golden::read("keras_optimizers.json").at("defaults");
    CHECK(Adam{}.learning_rate == defaults.at("Adam").at("learning_rate").get<double>());
    CHECK(Adam{}.beta_1 == defaults.at("Adam").at("beta_1").get<double>());
    CHECK(Adam{}.beta_2 == defaults.at("Adam").at("beta_2").get<double>());
    CHECK(Adam{}.epsilon == defaults.at("Adam").at("epsilon").get<double>());
    CHECK(SGD{}.learning_rate == defaults.at("SGD").at("learning_rate").get<double>());
    CHECK(SGD{}.momentum == defaults.at("SGD").at("momentum").get<double>());
    CHECK(SGD{}.nesterov == defaults.at("SGD").at("nesterov").get<bool>());
}

TEST_CASE("every split into ranges, also on threads, gives the same bits") {
    constexpr std::size_t count = 131;
    const auto gradients = random_values(count, 1);
    for (const Optimizer& optimizer : optimizers) {
        std::vector<float> whole = random_values(count, 2);
        OptimizerState whole_state(optimizer, count);
        for (int step = 0; step < 3; ++step) {
            whole_state.begin_step();
            whole_state.apply(whole, gradients);
        }
        for (std::size_t cut = 0; cut <= count; ++cut) {
            std::vector<float> parts = random_values(count, 2);
            OptimizerState state(optimizer, count);
            for (int step = 0; step < 3; ++step) {
                state.begin_step();
                state.apply(parts, gradients, {cut, count});
                std::thread([&] { state.apply(parts, gradients, {0, cut}); }).join();
            }
            REQUIRE(bits_of(parts) == bits_of(whole));
        }
    }
}

TEST_CASE("every instruction set gives the same bits, and touches nothing beyond the end") {
    const auto tables = timeloom::runnable_elementwise_tables();
    const timeloom::AdamCoefficients adam{0.01f, 0.1f, 0.001f, 1e-7f};
    const timeloom::SgdCoefficients sgd{0.1f, 0.9f};
    for (std::size_t count = 0; count <= 40; ++count) {
        const auto g = random_values(count, 3);
        std::vector<std::vector<std::uint32_t>> results;
        for (const timeloom::ElementwiseTable* table : tables) {
            auto p = random_values(count + 1, 4), m = random_values(count + 1, 5),
                 v = random_values(count + 1, 6);
            for (float& value : v)
                value = std::abs(value);
            const float ends[3] = {p[count], m[count], v[count]};
            table->adam(adam, count, p.data(), g.data(), m.data(), v.data());
            table->sgd(sgd, count, p.data(), g.data());
            table->sgd_momentum(sgd, count, p.data(), g.data(), m.data());
            table->sgd_nesterov(sgd, count, p.data(), g.data(), m.data());
            table->add(count, p.data(), g.data());
            CHECK((p[count] == ends[0] && m[count] == ends[1] && v[count] == ends[2]));
            auto all = bits_of(p);
            for (const auto& more : {bits_of(m), bits_of(v)})
                all.insert(all.end(), more.begin(), more.end());
            results.push_back(all);
            CAPTURE(table->instruction_set, count);
            REQUIRE(results.back() == results.front());
        }
    }
}

TEST_CASE("a moment that decays without gradients never becomes denormal") {
    OptimizerState state(Adam{}, 1);
    std::vector<float> parameter{1.0f}, gradient{1.0f};
    for (int step = 0; step < 2000; ++step) {
        state.begin_step();
        state.apply(parameter, gradient);
        gradient[0] = 0.0f;
        REQUIRE(std::fpclassify(state.moments()[0]) != FP_SUBNORMAL);
    }
    CHECK(state.moments()[0] < 1e-36f);
    CHECK(std::isfinite(parameter[0]));
}

TEST_CASE("moments and steps restored go on as before") {
    const auto gradients = random_values(20, 7);
    for (const Optimizer& optimizer : optimizers) {
        std::vector<float> first = random_values(20, 8);
        OptimizerState state(optimizer, 20);
        state.begin_step();
        state.apply(first, gradients);

        std::vector<float> second = first;
        OptimizerState restored(optimizer, 20);
        REQUIRE(restored.moments().size() == state.moments().size());
        std::copy(state.moments().begin(), state.moments().end(), restored.moments().begin());
        restored.set_steps(state.steps());
        for (OptimizerState* each : {&state, &restored})
            each->begin_step();
        state.apply(first, gradients);
        restored.apply(second, gradients);
        CHECK(bits_of(first) == bits_of(second));
    }
}

TEST_CASE("misuse is refused") {
    CHECK_THROWS_WITH(OptimizerState(Adam{-1.0}, 1), Catch::Contains("learning_rate"));
    CHECK_THROWS_WITH(OptimizerState(Adam{0.1, 1.0}, 1), Catch::Contains("beta_1"));
    CHECK_THROWS_WITH(OptimizerState(SGD{0.1, 2.0}, 1), Catch::Contains("momentum"));
    OptimizerState state(Adam{}, 4);
    std::vector<float> four(4), five(5);
    CHECK_THROWS_WITH(state.apply(four, four), Catch::Contains("begin_step"));
    state.begin_step();
    CHECK_THROWS_WITH(state.apply(five, four), Catch::Contains("5"));
    CHECK_THROWS_AS(state.apply(four, four, {3, 5}), timeloom::Error);
    CHECK_THROWS_AS(state.apply(four, four, {3, 2}), timeloom::Error);
    CHECK_THROWS_AS(timeloom::clip_by_norm(four, 0.0), timeloom::Error);
}
