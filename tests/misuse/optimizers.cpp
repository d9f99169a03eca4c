// Optimizers, learning-rate schedules and clipping.
#include "misuse.hpp"

#include "timeloom/runtime/optimizers/gradient_clipping.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"

#include <vector>

namespace timeloom::tests {

using namespace detail;

namespace {

constexpr std::size_t half = huge_size / 2 + 1;

void refuse_option(const char* part, const Optimizer& optimizer) {
    refuses(std::string(to_string(optimizer)) + " with a bad " + part, part,
            [&] { OptimizerState(optimizer, 4); });
}

} // namespace

TEST_CASE("options of optimizers outside of their range") {
    for (const double bad : {-1.0, -1e-300, -1e300, not_a_number, infinity, -infinity}) {
        refuse_option("learning_rate", Adam{.learning_rate = bad});
        refuse_option("learning_rate", AdamW{.learning_rate = bad});
        refuse_option("learning_rate", RMSprop{.learning_rate = bad});
        refuse_option("learning_rate", SGD{.learning_rate = bad});
        refuse_option("weight_decay", AdamW{.weight_decay = bad});
    }
    for (const double bad : {-1.0, -1e-300, 1.0, 1.5, 1e300, not_a_number, infinity}) {
        refuse_option("beta_1", Adam{.beta_1 = bad});
        refuse_option("beta_2", Adam{.beta_2 = bad});
        refuse_option("beta_1", AdamW{.beta_1 = bad});
        refuse_option("beta_2", AdamW{.beta_2 = bad});
        refuse_option("rho", RMSprop{.rho = bad});
    }
    for (const double bad : {-1.0, -1e-300, 1.5, 1e300, not_a_number, infinity}) {
        refuse_option("momentum", RMSprop{.momentum = bad});
        refuse_option("momentum", SGD{.momentum = bad});
    }
    for (const double bad : {-1.0, 0.0, 1e-300, 1e-39, 1e300, not_a_number, infinity}) {
        refuse_option("epsilon", Adam{.epsilon = bad});
        refuse_option("epsilon", AdamW{.epsilon = bad});
        refuse_option("epsilon", RMSprop{.epsilon = bad});
    }
    for (const double bad : {-1.0, 0.0, not_a_number, infinity, -infinity}) {
        refuse_option("clipnorm", Adam{.clipnorm = bad});
        refuse_option("clipvalue", AdamW{.clipvalue = bad});
        refuse_option("global_clipnorm", RMSprop{.global_clipnorm = bad});
        refuse_option("clipvalue", SGD{.clipvalue = bad});
    }
    refuse_option("keep one", Adam{.clipnorm = 1.0, .global_clipnorm = 1.0});
    refuse_option("keep one", SGD{.clipnorm = 1.0, .clipvalue = 1.0, .global_clipnorm = 1.0});
    refuse_option("empty word", AdamW{.exclude_from_weight_decay = {"bias", ""}});
    refuses("an optimizer that was nothing", "epsilon", [] { OptimizerState(Adam{0.1, 0.9, 0.999, 0}, 0); });
}

TEST_CASE("schedules outside of their range") {
    const auto refuse_schedule = [](const char* part, const LearningRate& rate) {
        refuses(std::string("a schedule with a bad ") + part, part, [&] { require_valid(rate); });
        refuses(std::string("its rate, with a bad ") + part, part, [&] { learning_rate_at(rate, 3); });
        refuses(std::string("an optimizer, with a bad ") + part, part,
                [&] { OptimizerState(SGD{.learning_rate = rate}, 1); });
    };
    for (const double bad : {-1.0, not_a_number, infinity, -infinity}) {
        refuse_schedule("learning_rate", LearningRate(bad));
        refuse_schedule("initial_learning_rate", ExponentialDecay{.initial_learning_rate = bad});
        refuse_schedule("decay_steps", ExponentialDecay{.decay_steps = bad});
        refuse_schedule("decay_rate", ExponentialDecay{.decay_rate = bad});
        refuse_schedule("initial_learning_rate", CosineDecay{.initial_learning_rate = bad});
        refuse_schedule("decay_steps", CosineDecay{.decay_steps = bad});
        refuse_schedule("alpha", CosineDecay{.alpha = bad});
        refuse_schedule("warmup_target", CosineDecay{.warmup_target = bad});
        refuse_schedule("warmup_steps", CosineDecay{.warmup_target = 1.0, .warmup_steps = bad});
        refuse_schedule("value", PiecewiseConstantDecay{{1}, {0.1, bad}});
    }
    refuse_schedule("decay_steps", ExponentialDecay{.decay_steps = 0});
    refuse_schedule("decay_rate", ExponentialDecay{.decay_rate = 0});
    refuse_schedule("decay_steps", CosineDecay{.decay_steps = 0});
    refuse_schedule("alpha", CosineDecay{.alpha = 1.5});
    refuse_schedule("one value more", PiecewiseConstantDecay{});
    refuse_schedule("one value more", PiecewiseConstantDecay{{1, 2}, {0.1}});
    refuse_schedule("one value more", PiecewiseConstantDecay{{}, {0.1, 0.2}});
    refuse_schedule("must rise", PiecewiseConstantDecay{{5, 5}, {1, 2, 3}});
    refuse_schedule("must rise", PiecewiseConstantDecay{{5, 4}, {1, 2, 3}});
    for (const std::uint64_t step : {std::uint64_t{0}, std::uint64_t{1} << 60, ~std::uint64_t{0}})
        accepts("step " + std::to_string(step), [&] {
            CHECK(learning_rate_at(CosineDecay{0.1, 10, 0.5}, step) >= 0.05 - 1e-12);
            CHECK(learning_rate_at(ExponentialDecay{0.1, 10, 0.5, true}, step) <= 0.1);
            CHECK(learning_rate_at(PiecewiseConstantDecay{{3}, {0.1, 0.2}}, step) > 0);
        });
}

TEST_CASE("states of optimizers misused") {
    const Optimizer optimizers[] = {Adam{}, SGD{}, SGD{.momentum = 0.9},
                                    RMSprop{.momentum = 0.1, .centered = true}, AdamW{}};
    std::vector<float> none, four(4), five(5);
    for (const Optimizer& optimizer : optimizers) {
        const std::string name(to_string(optimizer));
        OptimizerState state(optimizer, 4);
        refuses(name + " before a step", "begin_step", [&] { state.apply(four, four); });
        refuses(name + " made up before a step", "begin_step", [&] { state.make_up(four, {0, 4}, 0); });
        state.begin_step();
        refuses(name + " of five parameters", "5 parameters", [&] { state.apply(five, four); });
        refuses(name + " of five gradients", "5 gradients", [&] { state.apply(four, five); });
        refuses(name + " of no parameters", "0 parameters", [&] { state.apply(none, none); });
        const ParameterRange ranges[] = {{3, 5},         {3, 2},   {5, 5}, {huge_size, huge_size},
                                         {0, huge_size}, {half, 0}};
        for (const ParameterRange& range : ranges) {
            refuses(name + " of a bad range", "does not lie within", [&] { state.apply(four, four, range); });
            refuses(name + " made up of a bad range", "does not lie within",
                    [&] { state.make_up(four, range, 0); });
        }
        for (const std::uint64_t since : {std::uint64_t{2}, ~std::uint64_t{0}})
            refuses(name + " made up since " + std::to_string(since), "make_up", [&] {
                state.make_up(four, {0, 4}, since);
            });
        state.set_steps(5000);
        refuses(name + " of too many steps", "are remembered", [&] { state.make_up(four, {0, 4}, 10); });
        accepts(name + " of an empty range", [&] { state.apply(four, four, {4, 4}); });
        for (const double rate : {-1.0, not_a_number, infinity})
            refuses(name + " at " + std::to_string(rate), "learning_rate",
                    [&] { state.set_learning_rate(rate); });
        for (const std::size_t count : {half, huge_size, huge_size / 2})
            if (!state.moment_names().empty())
                refuses(name + " of " + std::to_string(count), "memory",
                        [&] { OptimizerState(optimizer, count); });
        accepts(name + " of nothing", [&] { CHECK(OptimizerState(optimizer, 0).moments().empty()); });
    }
    OptimizerState scheduled(SGD{.learning_rate = ExponentialDecay{}}, 1);
    refuses("a rate that follows a schedule", "follows a schedule",
            [&] { scheduled.set_learning_rate(0.1); });
}

TEST_CASE("clipping to nothing") {
    std::vector<float> values{1, -2, 3};
    for (const double bad : {0.0, -1.0, not_a_number, -infinity}) {
        refuses("clip_by_norm", "must be positive", [&] { clip_by_norm(values, bad); });
        refuses("clip_by_value", "must be positive", [&] { clip_by_value(values, static_cast<float>(bad)); });
    }
    CHECK(values == std::vector<float>{1, -2, 3});
    accepts("no gradients", [] {
        CHECK(clip_by_norm({}, 1) == 0);
        clip_by_value({}, 1);
        CHECK(sum_of_squares({}) == 0);
    });
    accepts("to infinity", [&] {
        clip_by_value(values, static_cast<float>(infinity));
        CHECK(values == std::vector<float>{1, -2, 3});
    });
}

} // namespace timeloom::tests
