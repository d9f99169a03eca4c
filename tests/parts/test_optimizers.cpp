// Optimizers: the same bits for every split and instruction set, restored state, misuse.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/optimizers/gradient_clipping.hpp"
#include "timeloom/runtime/optimizers/optimizer_loops.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <thread>
#include <vector>

using timeloom::Adam;
using timeloom::AdamW;
using timeloom::Optimizer;
using timeloom::OptimizerState;
using timeloom::RMSprop;
using timeloom::SGD;

namespace {

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

const std::vector<Optimizer> optimizers{Adam{},
                                        SGD{},
                                        SGD{0.1, 0.9, false},
                                        SGD{0.1, 0.9, true},
                                        RMSprop{},
                                        RMSprop{.momentum = 0.5},
                                        RMSprop{.centered = true},
                                        RMSprop{.momentum = 0.5, .centered = true},
                                        AdamW{.weight_decay = 0.5}};
/// For AdamW: in the middle, at a multiple of no vector's length.
const std::vector<timeloom::ParameterRange> without_decay{{5, 9}, {11, 20}};

} // namespace

TEST_CASE("every split into ranges, also on threads, gives the same bits") {
    constexpr std::size_t count = 131;
    const auto gradients = random_values(count, 1);
    for (const Optimizer& optimizer : optimizers) {
        std::vector<float> whole = random_values(count, 2);
        OptimizerState whole_state(optimizer, count, without_decay);
        for (int step = 0; step < 3; ++step) {
            whole_state.begin_step();
            whole_state.apply(whole, gradients);
        }
        for (std::size_t cut = 0; cut <= count; ++cut) {
            std::vector<float> parts = random_values(count, 2);
            OptimizerState state(optimizer, count, without_decay);
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
    const auto tables = timeloom::detail::runnable_optimizer_tables();
    const timeloom::detail::AdamCoefficients adam{0.01f, 0.1f, 0.001f, 1e-7f};
    const timeloom::detail::AdamCoefficients adamw{0.01f, 0.1f, 0.001f, 1e-7f, 0.25f};
    const timeloom::detail::RmspropCoefficients rmsprop{0.01f, 0.9f, 0.1f, 0.5f, 1e-7f};
    const timeloom::detail::SgdCoefficients sgd{0.1f, 0.9f};
    const std::vector<timeloom::detail::AdamMissedSteps::Step> steps{{0.01f, 0.99f, 0.9f},
                                                                     {0.008f, 0.98f, 0.8f}};
    const timeloom::detail::AdamMissedSteps missed{steps, 1e-7f, 0.9f, false, 0.81f, 0.98f};
    for (std::size_t count = 0; count <= 40; ++count) {
        const auto g = random_values(count, 3);
        std::vector<std::vector<std::uint32_t>> results;
        for (const timeloom::detail::OptimizerTable* table : tables) {
            auto p = random_values(count + 1, 4), m = random_values(count + 1, 5),
                 v = random_values(count + 1, 6), a = random_values(count + 1, 7);
            for (float& value : v)
                value = std::abs(value);
            std::fill_n(m.begin(), std::min<std::size_t>(count, 9),
                        0.0f); // as in rows without gradients so far
            const float ends[4] = {p[count], m[count], v[count], a[count]};
            table->adam(adam, count, p.data(), g.data(), m.data(), v.data());
            table->adamw(adamw, count, p.data(), g.data(), m.data(), v.data());
            for (float* const momentum : {m.data(), static_cast<float*>(nullptr)})
                for (float* const average : {a.data(), static_cast<float*>(nullptr)})
                    table->rmsprop(rmsprop, count, p.data(), g.data(), v.data(), momentum, average);
            table->adam_missed(missed, count, p.data(), m.data(), v.data());
            table->coast(0.75f, 0.5f, count, p.data(), m.data());
            table->sgd(sgd, count, p.data(), g.data());
            table->sgd_momentum(sgd, count, p.data(), g.data(), m.data());
            table->sgd_nesterov(sgd, count, p.data(), g.data(), m.data());
            CHECK((p[count] == ends[0] && m[count] == ends[1] && v[count] == ends[2] && a[count] == ends[3]));
            auto all = bits_of(p);
            for (const auto& more : {bits_of(m), bits_of(v), bits_of(a)})
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

TEST_CASE("steps without gradients made up for at once are those made one by one") {
    constexpr std::size_t count = 37;
    constexpr timeloom::ParameterRange range{3, 31}; // neither begins nor ends with a vector
    const auto gradients = random_values(count, 9);
    const std::vector<float> none(count, 0.0f);
    std::vector<Optimizer> all = optimizers;
    all.push_back(
        Adam{.learning_rate = timeloom::ExponentialDecay{0.1, 50, 0.5}, .beta_1 = 0.5, .epsilon = 1.0});
    all.push_back(Adam{.beta_1 = 0.99, .beta_2 = 0.9}); // what is seen of the momentum grows
    for (const Optimizer& optimizer : all) {
        for (const int missed : {0, 1, 2, 9, 300, 1024}) {
            const std::vector<timeloom::ParameterRange> exempt =
                missed == 9 ? std::vector{range} : std::vector<timeloom::ParameterRange>{};
            std::vector<float> expected = random_values(count, 10), parameters = expected;
            OptimizerState stepping(optimizer, count, exempt), waiting(optimizer, count, exempt);
            for (int step = 0; step < 3 + missed; ++step) {
                stepping.begin_step();
                stepping.apply(expected, step < 3 ? gradients : none, range);
                waiting.begin_step();
                if (step < 3)
                    waiting.apply(parameters, gradients, range);
            }
            waiting.make_up(parameters, range, 3);
            CAPTURE(to_string(optimizer), missed);
            // Step by step every one of them rounds twice.
            const float tolerance = 1.2e-7f * static_cast<float>(8 + missed);
            for (std::size_t i = 0; i < count; ++i)
                REQUIRE(std::abs(parameters[i] - expected[i]) <= tolerance * (1 + std::abs(expected[i])));
            // Step by step a moment stays where a tenth of it becomes zero.
            for (std::size_t i = 0; i < stepping.moments().size(); ++i)
                REQUIRE(std::abs(waiting.moments()[i] - stepping.moments()[i]) <=
                        1e-4f * std::abs(stepping.moments()[i]) + 2e-37f);
        }
    }
}

TEST_CASE("no step goes beyond its reach") {
    constexpr std::size_t count = 48;
    std::vector<Optimizer> all = optimizers;
    all.push_back(Adam{.learning_rate = 1e20, .epsilon = 1e-30});
    all.push_back(AdamW{.learning_rate = 1, .weight_decay = 5});
    all.push_back(AdamW{.learning_rate = 1e3, .weight_decay = 1e30});
    all.push_back(SGD{1e30, 1.0, true});
    all.push_back(RMSprop{.learning_rate = 1e300, .momentum = 1.0, .centered = true});
    timeloom::Random random(3);
    const auto largest = [](std::span<const float> values) {
        double found = 0; // NaN counts as infinite
        for (const float v : values)
            found = std::max(found, std::isfinite(v) ? std::abs(double{v}) : 1e300);
        return found;
    };
    int within = 0, beyond = 0;
    for (const Optimizer& optimizer : all)
        for (int scale = -20; scale <= 36; scale += 2) {
            OptimizerState state(optimizer, count, without_decay);
            std::vector<float> parameters = random_values(count, 12);
            timeloom::Reach reach{1, 0};
            for (int step = 0; step < 30; ++step) {
                auto gradients = random_values(count, 100 + static_cast<std::uint64_t>(step));
                // Half of the steps are small, and some values get no gradient.
                const double size = std::pow(10.0, random.below(2) == 0 ? scale : scale / 2);
                for (std::size_t i = 0; i < count; ++i)
                    gradients[i] = i % 5 == 0 ? 0.0f : static_cast<float>(gradients[i] * size);
                const timeloom::Reach next = state.reach_of_next_step(reach, largest(gradients));
                if (!next.is_finite()) {
                    ++beyond;
                    break;
                }
                ++within;
                state.begin_step();
                if (step % 7 == 6) // the rest of it later
                    state.apply(parameters, gradients, {0, count / 2});
                else
                    state.apply(parameters, gradients);
                if (step % 7 == 6)
                    state.make_up(parameters, {count / 2, count}, state.steps() - 1);
                CAPTURE(to_string(optimizer), scale, step);
                REQUIRE(largest(parameters) <= next.parameter);
                REQUIRE(largest(state.moments()) <= next.moment);
                reach = next;
            }
        }
    CHECK(within > 3000);
    CHECK(beyond > 100);
    CHECK(!timeloom::Reach{1, std::numeric_limits<double>::quiet_NaN()}.is_finite());
    CHECK(!timeloom::Reach{1e38, 1}.is_finite());
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
    CHECK_THROWS_WITH(OptimizerState(RMSprop{.rho = 1.0}, 1), Catch::Contains("rho"));
    CHECK_THROWS_WITH(OptimizerState(AdamW{.weight_decay = -0.1}, 1), Catch::Contains("weight_decay"));
    CHECK_THROWS_WITH(OptimizerState(SGD{.clipnorm = 0.0}, 1), Catch::Contains("clipnorm"));
    CHECK_THROWS_WITH(OptimizerState(SGD{.clipnorm = 1.0, .clipvalue = 1.0}, 1), Catch::Contains("keep one"));
    OptimizerState state(Adam{}, 4);
    std::vector<float> four(4), five(5);
    CHECK_THROWS_WITH(state.apply(four, four), Catch::Contains("begin_step"));
    state.begin_step();
    CHECK_THROWS_WITH(state.apply(five, four), Catch::Contains("5"));
    CHECK_THROWS_AS(state.apply(four, four, {3, 5}), timeloom::Error);
    CHECK_THROWS_AS(state.apply(four, four, {3, 2}), timeloom::Error);
    CHECK_THROWS_AS(timeloom::clip_by_norm(four, 0.0), timeloom::Error);
}
